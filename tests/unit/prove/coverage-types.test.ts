import { expect, test } from '@jest/globals';
import { judgeCodes } from '../../../prove/coverage/codesystems.ts';
import { judgeTypes } from '../../../prove/coverage/datatypes.ts';
import { codeSheet, described, differences, sheet, states, tablesOf, type GuideRow } from './guide.ts';

const RESOURCES = `
  patient:
    type: Patient
    from: PID
    key: PID-3[1]
    set:
      identifier: [PID-3]
      gender: PID-8 | table(gender)
      meta: { tag: [{ system: urn:x, code: PID-32 }] }
  role:
    type: PractitionerRole
    each: ROL
    key: ROL-4[1]
    set: { practitioner: 'ROL-4[1]', code: [ROL-3] }
  document:
    type: DocumentReference
    each: OBX
    key: OBX-1
    set: { status: current, content: [{ attachment: 'OBX-5[1] | by(OBX-2)' }] }
`;
const TABLES = { gender: 'default: unmapped\ncodes: { M: male, F: female }' };
const setting = { codeSystems: new Map([['LN', 'http://loinc.org']]), differences: differences() };

const TYPES: readonly (readonly [string, string, GuideRow, string])[] = [
  ['a component that the conversion keeps', 'CX[Identifier]', ['CX.1', 'value'], 'mapped'],
  ['a component that goes elsewhere', 'CX[Identifier]', ['CX.4', 'value'], 'elsewhere'],
  ['a component that the conversion does not read', 'CWE[CodeableConcept]', ['CWE.15', 'text'], 'missing'],
  ['a code in its coding', 'CWE[CodeableConcept]', ['CWE.4', 'coding[2].code'], 'mapped'],
  ['who gave a number, as a logical reference', 'CX[Identifier]', ['CX.4', 'assigner(Organization)'], 'mapped'],
  ['what such a reference does not say', 'CX[Identifier]', ['CX.4', 'assigner(Organization.telecom)'], 'elsewhere'],
  [
    'an element of the resource that a reference makes known',
    'XCN[Practitioner]',
    ['XCN.3', 'name.given[1]'],
    'mapped',
  ],
  ['a value that only some samples have', 'XTN[ContactPoint]', ['XTN.4', 'value'], 'mapped'],
  ['a value whose type another field names', 'ED[DocumentReference]', ['ED.5', 'content.attachment.data'], 'mapped'],
  ['a constant beside such a value', 'ED[DocumentReference]', ['ED', 'status', '"current"'], 'mapped'],
  ['another constant', 'ED[DocumentReference]', ['ED', 'status', '"superseded"'], 'missing'],
  ['what the guide only proposes', 'CX[Identifier]', ['CX.6', '?extension??-x'], 'no-place'],
];

test.each(TYPES)('data types: %s', (_what, name, row, state) => {
  const [judged] = judgeTypes([sheet(name, row)], described(RESOURCES, TABLES), setting);
  expect(judged?.rows.map((one) => one.state)).toEqual([state]);
});

const CODES: readonly (readonly [string, string, string, string])[] = [
  ['a code that the table of the field gives', 'M', 'male', 'mapped'],
  ['a code for which the table has another', 'F', 'male', 'elsewhere (gender: female)'],
  ['a code that the table lacks', 'A', 'other', 'elsewhere (gender: nothing)'],
];

test.each(CODES)('code maps: %s', (_what, code, target, state) => {
  const segments = [sheet('PID[Patient]', ['PID-8', 'gender', '', 'AdministrativeSex'])];
  const [judged] = judgeCodes([codeSheet('AdministrativeSex', [code, target])], segments, [], {
    mappings: described(RESOURCES, TABLES),
    tables: tablesOf(TABLES),
    differences: differences(),
  });
  expect(states(judged?.rows)).toEqual([`${code}: ${state}`]);
});

test('code maps: a code that is kept as it is', () => {
  const segments = [sheet('ROL[PractitionerRole]', ['ROL-3', 'code', '', 'ProviderRole'])];
  const [judged] = judgeCodes([codeSheet('ProviderRole', ['AT', 'AT'])], segments, [], {
    mappings: described(RESOURCES, TABLES),
    tables: tablesOf(TABLES),
    differences: differences(),
  });
  expect(states(judged?.rows)).toEqual(['AT: mapped']);
});
