import { expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { loadOutbound } from '../../../src/mapping/outbound/load.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';
import { loadedOutbound } from './outbound-files.ts';

const shelf = mappingFiles().filter(({ path }) => path.startsWith('tables/') || path.startsWith('structures/'));

function faultsOf(text: string): readonly string[] {
  const set = loadOutbound([...shelf, { path: 'outbound/ADT_A08.yaml', text }]);
  return set.ok ? [] : set.error.map((fault) => formatProblem(fault).replace('outbound/ADT_A08.yaml:', ''));
}

const pid = (set: string): string =>
  `send: ADT_A08\nresources: { patient: Patient }\nwrite:\n  EVN: { set: { 2: $now } }\n  PID:\n    set:\n      ${set}\n`;

test.each([
  ['unknown element', '8: gendr', '7:10 PID-8: Patient has no element "gendr" (did you mean "gender"?)'],
  [
    'unknown element further in',
    '5: name.famly',
    '7:15 PID-5: HumanName has no element "famly" (did you mean "family"?)',
  ],
  [
    'unknown element in a filter',
    '3: "identifier[tipe exists]"',
    '7:22 PID-3: Identifier has no element "tipe" (did you mean "type"?)',
  ],
  ['unknown field', '88: gender', '7:7 PID-88: PID has 40 fields, not "88"'],
  ['unknown component', '5: { 19: gender }', '7:12 PID-5.19: XPN has 15 components, not "19"'],
  ['no converter', '7: name[1]', '7:10 PID-7: HumanName cannot become DTM'],
  [
    'several into one',
    '16: contact.relationship',
    '7:11 PID-16: several values cannot go into one CWE: choose one with [1], first or join',
  ],
  ['unknown name', '8: $patent.gender', '7:10 PID-8: nothing is called $patent (did you mean "patient"?)'],
  [
    'unknown table',
    '8: gender | table(gendr)',
    '7:19 PID-8: table: there is no table "gendr" (did you mean "gender"?)',
  ],
  [
    'unknown function',
    '8: gender | tabel(gender)',
    '7:19 PID-8: there is no function tabel (did you mean "table"?) on the way out',
  ],
  [
    'unknown resource type',
    '8: managingOrganization->Organisation.name',
    '7:32 PID-8: FHIR has no resource type Organisation',
  ],
  [
    'a reference to something else',
    '8: managingOrganization->Practitioner.gender',
    '7:32 PID-8: this cannot refer to a Practitioner (only to Organization)',
  ],
  ['an expression that ends', "8: 'gender |'", '7:19 PID-8: expected the name of a function, found the end'],
  [
    '$holder of nothing',
    '8: identifier[$holder.gender exists].value',
    '7:21 PID-8: $holder is known only inside an element of a resource',
  ],
])('%s is told with its place and the nearest right name', (_name, set, expected) => {
  expect(faultsOf(pid(set))[0]).toMatch(expected);
});

test.each([
  [
    'a segment that the structure lacks',
    '  OBR: { set: { 4: 1 } }',
    '4:3: the structure has no OBR here (did you mean "OBX"?)',
  ],
  [
    'a segment that may stand once',
    '  PV1: { each: Encounter }',
    '4:3 PV1: PV1 may stand here once: use from, or choose one with [1]',
  ],
  ['an unknown key', '  PV1: { eech: Encounter }', '4:10 write.PV1.eech: unknown key "eech" (did you mean "each"?)'],
  [
    'an unknown key inside a group',
    '  INSURANCE: { write: { IN1: { sett: {} } } }',
    '4:32 sett: unknown key "sett" (did you mean "set"?)',
  ],
  [
    'a group without its first segment',
    '  PROCEDURE: { write: { ROL: { set: { 2: AD } } } }',
    '4:25 PROCEDURE: the structure needs the segment PR1 here',
  ],
])('%s', (_name, line, expected) => {
  const text = `send: ADT_A08\nresources: { patient: Patient }\nwrite:\n${line}\n`;
  expect(faultsOf(text).join('\n')).toContain(expected);
});

test('an unknown structure, part and message', () => {
  expect(faultsOf('send: ADT_A88\nwrite: {}\n')).toEqual([
    '1:1 ADT_A88: there is no structure ADT_A88 (did you mean "ADT_A01"?) [mapping.unknown-name]'.replace(
      /ADT_A01/u,
      /"(ADT_A\d\d)"/u.exec(faultsOf('send: ADT_A88\nwrite: {}\n').join(''))?.[1] ?? '',
    ),
  ]);
  expect(faultsOf('send: ADT_A08\ninclude: [patience]\nwrite: {}\n').join('')).toContain('there is no part "patience"');
  const none = loadedOutbound().for('ADT_A80');
  expect(none.ok ? [] : none.error.map(formatProblem)).toEqual([
    'there is no outbound mapping ADT_A80 (did you mean "ADT_A08"?) [mapping.unknown-name]',
  ]);
});

test('every wrong setting of a receiver is told at once', () => {
  const settings = { delimiters: '|^~~&', charset: 'KLINGON', zone: 'Asia/Nowhere', version: '3.0', times: 'local' };
  const { zone, ...local } = settings;
  const wrong = loadedOutbound().for('ADT_A08', { ...settings, times: 'local' });
  expect(wrong.ok ? [] : wrong.error.map(({ at }) => at?.path)).toEqual(['delimiters', 'charset', 'zone', 'version']);
  const noZone = loadedOutbound().for('ADT_A08', { times: 'local' });
  expect(noZone.ok ? [] : noZone.error.map(({ message }) => message)).toEqual(['local times need a zone']);
  expect([zone, local.times]).toEqual(['Asia/Nowhere', 'local']);
});
