import { expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { loaded, mapped, mappingFiles, message } from './mapping-files.ts';

const shelf = mappingFiles().filter(({ path }) => path.startsWith('tables/'));

const structure = {
  path: 'structures/EXA_E01.yaml',
  text: 'structure: EXA_E01\nparts: [MSH, { RESULT*: [OBX, NTE*] }]',
};

function base(resources: string): { readonly path: string; readonly text: string } {
  const template =
    'templates:\n  finding: { type: Observation, key: OBX-1, set: { status: final, code: OBX-3, note: NTE-3 } }';
  return { path: 'base/EXA_E01.yaml', text: `map: EXA_E01\nevents: [E01]\n${template}\nresources:\n  ${resources}\n` };
}

function observations(resources: string, ...segments: readonly string[]): readonly unknown[] {
  const set = loaded([...shelf, structure, base(resources)]);
  const whole = message('MSH|^~\\&|A|B|C|D|20261121||EXA^E01|1|P|2.5', ...segments);
  return toResources(mapped(set, whole)).map((one) => ({ ...one, id: undefined }));
}

test('a rule set like a template has its rules, but for those that it replaces, adds to or removes', () => {
  const own =
    "x: { like: finding, each: OBX, set: { status: amended, note+: [OBX-5 | join('')], code-:, valueString: OBX-6 | text } }";
  const other = "x: { like: finding, each: OBX, set: { status: amended, note+: [OBX-5 | join('')] } }";
  expect(loadMappings([...shelf, structure, base(own)]).ok).toBe(false);
  expect(observations(other, 'OBX|1|ST|N||v', 'NTE|1||n')).toEqual([
    {
      resourceType: 'Observation',
      status: 'amended',
      code: { coding: [{ code: 'N' }] },
      note: [{ text: 'n' }, { text: 'v' }],
    },
  ]);
});

test('children beside "is" complete what it gives, and make nothing where it gives nothing', () => {
  const rule = "x: { like: finding, each: OBX, set: { note: { each: NTE, is: NTE-3 | join('/'), time: NTE-6 } } }";
  const code = { coding: [{ code: 'N' }] };
  expect(observations(rule, 'OBX|1|ST|N||v', 'NTE|1||a~b|||20261121')).toEqual([
    { resourceType: 'Observation', status: 'final', code, note: [{ text: 'a/b', time: '2026-11-21' }] },
  ]);
  expect(observations(rule, 'OBX|1|ST|N||v', 'NTE|1|||||20261121')).toEqual([
    { resourceType: 'Observation', status: 'final', code },
  ]);
});

test('a template that is not there is a fault with its place', () => {
  const set = loadMappings([...shelf, structure, base('x: { like: findin, each: OBX }')]);
  expect(set.ok ? [] : set.error.map(formatProblem)).toContainEqual(
    expect.stringContaining('base/EXA_E01.yaml:6:14 x: there is no template "findin" (did you mean "finding"?)'),
  );
});
