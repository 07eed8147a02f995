import { expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import { mappingFiles } from './mapping-files.ts';

const shelf = mappingFiles().filter(({ path }) => path.startsWith('tables/') || path.startsWith('structures/'));

function faultsOf(text: string): readonly string[] {
  const set = loadMappings([...shelf, { path: 'base/ADT_A01.yaml', text }]);
  return set.ok ? [] : set.error.map(formatProblem);
}

const patient = (set: string): string =>
  `map: ADT_A01\nevents: [A01]\nresources:\n  patient:\n    type: Patient\n    from: PID\n    set:\n      ${set}\n`;

test.each([
  ['unknown element', 'gendr: PID-8', '8:7 patient.gendr: Patient has no element "gendr" (did you mean "gender"?)'],
  [
    'unknown child',
    "contact: { nam: 'PID-5[1]' }",
    '8:18 patient.contact.nam: Patient.contact has no element "nam" (did you mean "name"?)',
  ],
  ['unknown segment', 'gender: PIE-8', '8:15 patient.gender: HL7 has no segment PIE (did you mean "PID"?)'],
  ['unknown field', 'gender: PID-88', '8:15 patient.gender: PID has 40 fields, not 88'],
  ['unknown component', 'name: { text: "PID-5[1].19" }', '8:22 patient.name.text: XPN has 15 components, not 19'],
  [
    'segment outside the structure',
    'birthDate: SPM-18',
    '8:18 patient.birthDate: the structure ADT_A01 has no segment SPM',
  ],
  ['no converter', 'birthDate: PID-5[1]', '8:18 patient.birthDate: XPN cannot become date'],
  [
    'unknown function',
    'gender: PID-8 | tabel(gender)',
    '8:23 patient.gender: there is no function tabel (did you mean "table"?)',
  ],
  [
    'unknown table',
    'gender: PID-8 | table(gendre)',
    '8:23 patient.gender: table: there is no table "gendre" (did you mean "gender"?)',
  ],
  [
    'repeating into single',
    'maritalStatus: PID-10',
    '8:22 patient.maritalStatus: several values cannot go into the single maritalStatus: choose one with [1], first or join',
  ],
  ['missing required child', 'link: { type: refer }', '8:13 patient.link: Patient.link needs "other"'],
  [
    'code outside the value set',
    'gender: PID-8 | table(gender, femal)',
    '8:23 patient.gender: "femal" is no code of gender (did you mean "female"?)',
  ],
  ['syntax', 'gender: PID-8 |', '8:22 patient.gender: expected the name of a function, found the end'],
  [
    'unknown reference',
    'managingOrganization: $hospital',
    '8:29 patient.managingOrganization: no resource is called hospital',
  ],
])('%s is a fault with its place', (_name, set, expected) => {
  expect(faultsOf(patient(set))).toEqual([expect.stringContaining(`base/ADT_A01.yaml:${expected}`)]);
});

test('every fault is reported at once', () => {
  expect(faultsOf(patient('gendr: PID-8\n      birthDate: PID-5[1]\n      nam: PID-5'))).toHaveLength(3);
});

test('an unknown key of the format is named with the nearest one', () => {
  expect(faultsOf('map: ADT_A01\nevents: [A01]\nresources:\n  p: { tipe: Patient, from: PID }')).toEqual([
    expect.stringContaining('base/ADT_A01.yaml:4:8 resources.p.tipe: unknown key "tipe" (did you mean "type"?)'),
  ]);
});

test('a resource without a required element is refused', () => {
  const text =
    'map: ADT_A01\nevents: [A01]\nresources:\n  e:\n    type: Encounter\n    from: PV1\n    set: { class: PV1-2 }';
  expect(faultsOf(text)).toEqual([expect.stringContaining('e: Encounter needs "status"')]);
});

test('a site may not change the key of the patient', () => {
  const site = { path: 'sites/x/patient.yaml', text: 'part: patient\nresources: { patient: { key: PID-2 } }' };
  const set = loadMappings([...mappingFiles(), site]);
  expect(set.ok ? [] : set.error.map(({ message }) => message)).toEqual(['a site may not change the key of Patient']);
});
