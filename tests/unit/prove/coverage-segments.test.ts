import { describe, expect, test } from '@jest/globals';
import { judgeMessages } from '../../../prove/coverage/messages.ts';
import { judgeSegments } from '../../../prove/coverage/segments.ts';
import { described, differences, messageSheet, sheet, states, type GuideRow } from './guide.ts';

const PATIENT = `
  patient:
    type: Patient
    from: PID
    key: PID-3[1]
    set:
      identifier: [PID-3]
      gender: PID-8
      extension:
        - PID-6[1] | extension(http://example.org/maiden)
        - PID-10[1] | extension(urn:jingluo:extension:race, CodeableConcept)
      contact: [{ each: NK1, name: 'NK1-2[1]', organization: 'NK1-13[1]' }]
      deceasedBoolean: PID-30
  visit:
    type: Encounter
    from: PV1
    key: PV1-19
    set:
      status: finished
      class: { code: PV1-2 }
      subject: $patient
      participant: [{ individual: 'PV1-7[1]', type: [{ coding: { code: ATND } }] }, { individual: 'PV1-8[1]' }]
      location: [{ location: PV1-3 }]
  order:
    type: ServiceRequest
    from: OBR
    key: OBR-2
    set: { status: active, intent: order, subject: $patient, requester: 'OBR-16[1] | known(address=PID-11)' }
`;

const SEGMENTS: readonly (readonly [string, GuideRow, string])[] = [
  ['an element that a rule fills from the field', ['PID-8', 'gender'], 'mapped'],
  ['an element of a list, whatever its index', ['PID-3', 'identifier[2].value'], 'mapped'],
  ['one type of a choice', ['PID-30', 'deceased'], 'mapped'],
  ['a field that goes elsewhere', ['PID-8', 'maritalStatus'], 'elsewhere (Patient.gender)'],
  ['a field that no rule reads', ['PID-16', 'maritalStatus'], 'missing'],
  ['what the guide only proposes', ['PID-16', '?extension??-x'], 'no-place (proposed by the guide, not defined)'],
];

describe('rows of a segment map', () => {
  test.each(SEGMENTS)('%s', (_what, row, state) => {
    const [judged] = judgeSegments([sheet('PID[Patient]', row)], described(PATIENT), differences());
    expect(states(judged?.rows)).toEqual([`${row[0]}: ${state}`]);
  });

  const pv1: readonly (readonly [string, readonly GuideRow[], string])[] = [
    ['a reference to what is made of another segment', [['PV1-19', 'subject(Patient)']], 'missing'],
    ['a constant beside the field', [['PV1-7', 'participant.type.coding.code']], 'mapped'],
    ['a constant that stands beside another field', [['PV1-3', 'participant.type.coding.code']], 'elsewhere'],
    ['a constant that the guide assigns', [['PV1-45', 'status', '"finished"']], 'mapped'],
    ['another constant', [['PV1-45', 'status', '"planned"']], 'missing'],
  ];
  test.each(pv1)('%s', (_what, rows, state) => {
    const [judged] = judgeSegments([sheet('PV1[Encounter]', ...rows)], described(PATIENT), differences());
    expect(judged?.rows.map((row) => row.state)).toEqual([state]);
  });

  test.each([
    ['subject(Patient)', 'mapped'],
    ['subject(Group)', 'elsewhere (Patient.identifier)'],
  ])('a reference to what another rule set makes of the segment: %s', (attribute, state) => {
    const [judged] = judgeSegments([sheet('PID[Encounter]', ['PID-3', attribute])], described(PATIENT), differences());
    expect(states(judged?.rows)).toEqual([`PID-3: ${state}`]);
  });

  test('what is told of a resource that a reference makes known', () => {
    const row: GuideRow = ['PID-11', 'requester(Practitioner.address)'];
    const [judged] = judgeSegments([sheet('PID[ServiceRequest]', row)], described(PATIENT), differences());
    expect(states(judged?.rows)).toEqual(['PID-11: mapped']);
  });

  test.each([
    ['http://example.org/maiden', 'mapped'],
    ['http://example.org/other', 'elsewhere'],
  ])('an extension counts by its URL: %s', (url, state) => {
    const rows: readonly GuideRow[] = [
      ['PID-6', 'extension[1].url', `"${url}"`],
      ['PID-6', 'extension[1].valueString'],
    ];
    const [judged] = judgeSegments([sheet('PID[Patient]', ...rows)], described(PATIENT), differences());
    expect(judged?.rows.map((row) => row.state)).toEqual([state, state]);
  });

  test('the extension of another resource does not count', () => {
    const rows: readonly GuideRow[] = [['PID-6', 'extension[1].url', '"http://example.org/maiden"']];
    const [judged] = judgeSegments([sheet('PID[RelatedPerson]', ...rows)], described(PATIENT), differences());
    expect(judged?.rows.map((row) => row.state)).toEqual(['elsewhere']);
  });

  test('a URL of a later release, for which we have our own, has no place in R4', () => {
    const rows: readonly GuideRow[] = [
      ['PID-10', 'extension[1].url', '"http://hl7.org/fhir/5.0/StructureDefinition/extension-Patient.race"'],
    ];
    const [judged] = judgeSegments([sheet('PID[Patient]', ...rows)], described(PATIENT), differences());
    expect(judged?.rows.map((row) => row.state)).toEqual(['no-place']);
  });
});

describe('docs/guide-differences.yaml', () => {
  const rows: readonly GuideRow[] = [
    ['PID-8', 'gendr'],
    ['PID-16', 'maritalStatus'],
    ['PID-17', 'religion'],
    ['PID-3', 'identifier[1]'],
  ];
  const known = differences({
    errata: { segments: { 'PID[Patient]': { 'PID-8 gendr': 'gender' } } },
    segments: {
      'PID[Patient]': {
        'PID-16': 'we do not ask',
        '*': 'R4: no such element',
        '!PID-3 identifier': 'by hand',
        'PID-1': 'never',
      },
    },
  });

  test('says how a row is read and why it is not followed', () => {
    const [judged] = judgeSegments([sheet('PID[Patient]', ...rows)], described(PATIENT), known);
    expect(states(judged?.rows)).toEqual([
      'PID-8: mapped (read as gender)',
      'PID-16: different (we do not ask)',
      'PID-17: no-place (no such element)',
      'PID-3: different (by hand)',
    ]);
  });

  test('knows the reasons that no row needs', () => {
    expect(known.unused).toEqual(['segments PID[Patient] PID-1']);
  });
});

test.each([
  ['a resource that a rule fills from the segment', ['EXA_E01.PV1', 'Encounter[1]', 'PV1[Encounter]'], 'mapped'],
  ['one that refers to what the segment makes', ['EXA_E01.PID', 'Encounter[1]', 'PID[Encounter]'], 'mapped'],
  ['a resource that the map is not about', ['EXA_E01.PID', 'Encounter[1]', 'PID[Patient]'], 'missing'],
  ['a segment without rules', ['EXA_E01.PD1', 'Patient[1]', 'PD1[Patient]'], 'missing'],
  ['a map that is not followed at all', ['EXA_E01.SCH', 'Appointment[1]', 'SCH[Appointment]'], 'different'],
] as const)('messages: %s', (_what, row, state) => {
  const mappings = described(PATIENT);
  const reasons = differences({ segments: { 'SCH[Appointment]': { '*': 'no appointments' } } });
  const segments = judgeSegments([sheet('SCH[Appointment]', ['SCH-2', 'identifier'])], mappings, reasons);
  const [judged] = judgeMessages([messageSheet('EXA_E01', row)], mappings, { differences: reasons, segments });
  expect(judged?.rows.map((one) => one.state)).toEqual([state]);
});
