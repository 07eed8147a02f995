import { describe, expect, test } from '@jest/globals';
import { stringifyFhir } from '../../../src/fhir/json.ts';
import type { MappingFile } from '../../../src/mapping/contract.ts';
import type { FunctionExample } from '../../../src/mapping/compile/compiled.ts';
import { FUNCTIONS } from '../../../src/mapping/functions/index.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { loaded, mapped, mappingFiles, message } from './mapping-files.ts';

const tables = mappingFiles().filter(({ path }) => path.startsWith('tables/'));

function files({ element, rule }: FunctionExample): readonly MappingFile[] {
  const [type = '', name = ''] = element.split('.');
  const required: Readonly<Record<string, string>> = {
    Observation: 'status: final, code: { text: x }',
    ServiceRequest: 'status: active, intent: order, subject: { display: x }',
    Appointment: 'status: booked, participant: { status: accepted }',
  };
  const others = (required[type] ?? '').split(', ').filter((part) => part !== '' && !part.startsWith(`${name}:`));
  const set = [...others, `${name}: ${JSON.stringify(rule)}`].join('\n      ');
  return [
    ...tables,
    {
      path: 'tables/example.yaml',
      text: 'table: example\nsystem: http://loinc.org\ncodes: { K: 2823-3 }',
    },
    {
      path: 'structures/EXA_E01.yaml',
      text: 'structure: EXA_E01\nparts: [MSH, PID?, SCH?, ZDS?, TQ1?, OBR?, { RESULT*: [OBX] }]',
    },
    {
      path: 'base/EXA_E01.yaml',
      text: `map: EXA_E01\nevents: [E01]\nresources:\n  x:\n    type: ${type}\n    ${type === 'Observation' ? 'each: OBX\n    key: OBX-1\n    ' : ''}set:\n      ${set}\n`,
    },
  ];
}

const examples = [...FUNCTIONS.values()].flatMap(({ name, examples: list }) =>
  list.map((example): [string, FunctionExample] => [`${name}: ${example.rule} of ${example.hl7}`, example]),
);

describe('functions of the mapping language', () => {
  test.each(examples)('%s', (_name, example) => {
    const [type, name = ''] = example.element.split('.');
    const result = mapped(
      loaded(files(example)),
      message('MSH|^~\\&|A|B|C|D|20261121||EXA^E01|1|P|2.5', ...example.hl7.split('\r')),
    );
    const resource = toResources(result).find(({ resourceType }) => resourceType === type);
    const keys = Object.keys(resource ?? {}).filter((key) => key.startsWith(name));
    const value: unknown = resource?.[keys[0] ?? name];
    expect(value === undefined ? undefined : JSON.parse(stringifyFhir(value))).toEqual(example.value);
  });

  test('every function has at least two examples', () => {
    const poor = [...FUNCTIONS.values()].filter(({ examples: list }) => list.length < 2).map(({ name }) => name);
    expect(poor).toEqual([]);
  });
});
