import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { MappingFile } from '../../../src/mapping/contract.ts';
import type { FunctionExample } from '../../../src/mapping/outbound/functions/function.ts';
import { FUNCTIONS } from '../../../src/mapping/outbound/functions/index.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';
import { inputOf, linesOf, loadedOutbound, outbound, run } from './outbound-files.ts';

const tables = mappingFiles().filter(({ path }) => path.startsWith('tables/'));

function files({ resource, field, rule }: FunctionExample): readonly MappingFile[] {
  const [segment = '', number = ''] = field.split('-');
  const text = `send: EXA_E01\nresources: { x: ${resource.resourceType} }\nwrite:\n  ${segment}: { set: { ${number}: ${JSON.stringify(rule)} } }\n`;
  return [
    ...tables,
    { path: 'structures/EXA_E01.yaml', text: 'structure: EXA_E01\nparts: [MSH, PID?, OBX?]' },
    { path: 'outbound/EXA_E01.yaml', text },
  ];
}

const examples = [...FUNCTIONS.values()].flatMap(({ name, examples: list }) =>
  list.map((example): [string, FunctionExample] => [`${name}: ${example.rule} into ${example.field}`, example]),
);

describe('functions of outbound mappings', () => {
  test.each(examples)('%s', (_name, example) => {
    const [segment = '', number = '0'] = example.field.split('-');
    const mapping = outbound(loadedOutbound(files(example)), 'EXA_E01');
    const [message] = run(mapping, inputOf([example.resource])).messages;
    const line = linesOf(message?.text ?? '').find((one) => one.startsWith(segment));
    expect(line?.split('|')[Number(number)] ?? '').toBe(example.value);
  });

  test('the documentation names every function with its arguments', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../docs/mapping-outbound.md'), 'utf8');
    expect([...FUNCTIONS.values()].filter(({ usage }) => !page.includes(`\`${usage}\``))).toEqual([]);
  });

  test('every function has an example', () => {
    expect([...FUNCTIONS.values()].filter(({ examples: list }) => list.length === 0)).toEqual([]);
  });
});
