import { expect, test } from '@jest/globals';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';
import { inputOf, linesOf, loadedOutbound, outbound, run } from './outbound-files.ts';

const shelf = mappingFiles().filter(({ path }) => path.startsWith('tables/') || path.startsWith('structures/'));

const patient: FhirResource = {
  resourceType: 'Patient',
  id: 'p',
  active: true,
  birthDate: '1990-03-07',
  name: [
    { use: 'usual', family: 'A', given: ['B', 'C'] },
    { use: 'official', family: 'D' },
  ],
  telecom: [{ value: '1' }, { value: '2', use: 'work' }],
  managingOrganization: { reference: '#o' },
  generalPractitioner: [{ reference: 'http://fhir.example/r4/Practitioner/d' }, { display: 'E F' }],
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Inside' }],
  contact: [
    { gender: 'male', name: { family: 'X' } },
    { gender: 'female', name: { family: 'Y' } },
  ],
};
const doctor: FhirResource = { resourceType: 'Practitioner', id: 'd', identifier: [{ value: 'D1' }] };
const visit = (id: string, status: string): FhirResource => ({
  resourceType: 'Encounter',
  id,
  status,
  subject: { reference: 'Patient/p' },
});

function fieldOf(rule: string, number = 23): string {
  const text = [
    'send: ADT_A08',
    "resources: { patient: Patient, visit: 'Encounter[subject == $patient]' }",
    'write:',
    '  EVN: { set: { 2: $now } }',
    `  PID: { set: { ${number}: ${rule} } }`,
  ].join('\n');
  const mapping = outbound(loadedOutbound([...shelf, { path: 'outbound/ADT_A08.yaml', text }]), 'ADT_A08');
  const [message] = run(mapping, inputOf([patient, doctor, visit('1', 'planned'), visit('2', 'finished')])).messages;
  const line = linesOf(message?.text ?? '').find((one) => one.startsWith('PID'));
  return line?.split('|')[number] ?? '';
}

test.each([
  ['an element', 'birthDate', 7, '19900307'],
  ['all of a list', 'name', 5, 'A^B^C^^^^D~D^^^^^^L'],
  ['the second', "'name[2].family'", 23, 'D'],
  ['those that match', "'name[use == official].family | first'", 23, 'D'],
  ['those that do not match', "'telecom[use != work]'", 13, '1'],
  ['one of several', "'name[use in (maiden, usual)].family | first'", 23, 'A'],
  ['a pattern', '"name[family matches \'^D\'].family | first"', 23, 'D'],
  ['both conditions', "'contact[gender == female and name exists].name.family | first'", 23, 'Y'],
  ['either condition', "'contact[gender == male or gender == female].name.family | last'", 23, 'Y'],
  ['not', "'contact[not gender == male].name.family | first'", 23, 'Y'],
  ['what is inside the resource', 'managingOrganization->Organization.name', 23, 'Inside'],
  ['behind an absolute URL', 'generalPractitioner->Practitioner.identifier.value | first', 23, 'D1'],
  ['the first that is there', "deceasedDateTime ?? birthDate ?? 'none'", 23, '19900307'],
  ['a literal where nothing is', 'maritalStatus | text ?? NONE', 23, 'NONE'],
  ['a named resource', '$visit.status', 23, 'planned'],
  ['resources that refer to it', "'Encounter[subject == $patient and status == finished].id | first'", 23, '2'],
  ['a number', '7', 23, '7'],
  ['components', "{ 1: 'name[1].family', 2: 'name[1].given | first' }", 5, 'A^B'],
  ['a list of rules', "['name[use == old]', 'name[use == official]']", 5, 'D^^^^^^L'],
  ['the first rule that yields', "['maritalStatus | text', birthDate]", 23, '19900307'],
  ['a condition', "{ when: 'active == true', is: birthDate }", 23, '19900307'],
  ['a condition that does not hold', "{ when: 'active == false', is: birthDate }", 23, ''],
  ['each of a list', '{ each: name, 1: given | last, 2: family }', 5, 'C^A~^D'],
  ['which one of it', '{ each: contact, 1: $index, 2: $holder.id }', 5, '1^p~2^p'],
])('%s', (_name, rule, number, expected) => {
  expect(fieldOf(rule, number)).toBe(expected);
});

test('a site changes one field, adds to another and has a segment of its own', () => {
  const text = [
    'send: ADT_A08',
    'extends: base/ADT_A08',
    'header: { receivingApplication: HIS }',
    'segments: { ZPI: { after: PID, fields: { 1: ST } } }',
    'write:',
    '  PID: { set: { 8: gender | upper, 13+: [telecom] } }',
    '  ZPI: { from: $patient, set: { 1: birthDate } }',
  ].join('\n');
  const set = loadedOutbound([...mappingFiles(), { path: 'sites/x/outbound/ADT_A08.yaml', text }]);
  const mapping = set.for('ADT_A08', {}, 'x');
  expect(mapping.ok).toBe(true);
  if (!mapping.ok) return;
  const [message] = run(mapping.value, inputOf([{ ...patient, gender: 'female' }])).messages;
  const lines = linesOf(message?.text ?? '');
  expect(lines[0]).toContain('|JINGLUO||HIS||');
  expect(lines.find((line) => line.startsWith('ZPI'))).toBe('ZPI|19900307');
  const fields = lines.find((line) => line.startsWith('PID'))?.split('|') ?? [];
  expect([fields[8], fields[13]]).toEqual(['FEMALE', '1~1~2^WPN']);
});

test('a text that looks like the HL7 null is not sent: it would delete', () => {
  const [message] = run(
    outbound(loadedOutbound(), 'ADT_A08'),
    inputOf([{ resourceType: 'Patient', id: 'p', name: [{ text: '""' }] }]),
  ).messages;
  expect(message?.text).not.toContain('""');
  expect(message?.unsaid).toEqual([{ path: 'Patient/p.name[0]', reason: 'invalid-value' }]);
});

test('characters that the charset of the receiver lacks are told', () => {
  const mapping = outbound(loadedOutbound(), 'ADT_A08', { charset: '8859/1' });
  const [message] = run(mapping, inputOf([{ resourceType: 'Patient', id: 'p', name: [{ text: '张三' }] }])).messages;
  expect(message?.warnings.map(({ code }) => code)).toEqual(['hl7.charset-unencodable']);
});

test('what is in no message is told', () => {
  const result = run(outbound(loadedOutbound(), 'SIU_S12'), inputOf([patient, visit('1', 'planned')]));
  expect(result).toEqual({ messages: [], unused: ['Patient/p', 'Encounter/1'] });
});

test('every value can be traced to its rule and its element', () => {
  const mapping = outbound(loadedOutbound(), 'ADT_A08');
  const resource = { resourceType: 'Patient', id: 'p', name: [{ family: 'A' }], gender: 'male' };
  const context = { now: new Date(0), nextControlId: (): string => '1', trace: true };
  const [message] = mapping.run(inputOf([resource]), context).messages;
  const rules = message?.trace?.map(({ place, elements, rule }) => [place, ...elements, rule.replace(/:.*/u, '')]);
  expect(rules).toContainEqual(['PID-5', 'Patient/p.name[0]', 'outbound/parts/patient.yaml']);
  expect(rules).toContainEqual(['PID-8', 'Patient/p.gender', 'outbound/parts/patient.yaml']);
  expect(rules).toContainEqual(['PV1.none-2', 'outbound/ADT_A08.yaml']);
  expect(run(mapping, inputOf([resource])).messages[0]?.trace).toBeUndefined();
});

test('that a doctor is named in one field does not say every reference to him', () => {
  const him = { reference: 'Practitioner/d' };
  const report: FhirResource = {
    resourceType: 'DiagnosticReport',
    id: 'r',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient/p' },
    performer: [him],
    resultsInterpreter: [him],
  };
  const [message] = run(outbound(loadedOutbound(), 'ORU_R01'), inputOf([report, patient, doctor])).messages;
  expect(message?.unsaid.map(({ path }) => path).filter((path) => path.startsWith('DiagnosticReport'))).toEqual([
    'DiagnosticReport/r.performer[0].reference',
  ]);
});

test('references by the full URLs of a Bundle, of resources that have no id yet', () => {
  const entries = [
    { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', name: [{ family: 'A' }] } },
    { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient', name: [{ family: 'B' }] } },
    {
      fullUrl: 'urn:uuid:3',
      resource: {
        resourceType: 'Encounter',
        status: 'planned',
        subject: { reference: 'urn:uuid:2' },
        identifier: [{ value: 'V1' }],
      },
    },
  ];
  const { messages } = run(outbound(loadedOutbound(), 'ADT_A08'), { entries });
  expect(messages.map(({ text }) => /PV1.*/u.exec(text)?.[0])).toEqual(['PV1|1|N', 'PV1|1||||||||||||||||||V1']);
  expect(messages[1]?.unsaid).toEqual([{ path: 'Encounter.status', reason: 'not-mapped' }]);
});

test('set ids count what is written', () => {
  const relative = (family: string, use: string): FhirResource => ({
    resourceType: 'RelatedPerson',
    patient: { reference: 'Patient/p' },
    name: [{ family, use }],
  });
  const text = [
    'send: ADT_A08',
    'include: [header]',
    'resources: { patient: Patient }',
    'write:',
    '  PID: { set: { 3: id } }',
    '  NK1: { each: RelatedPerson, when: name.use != old, set: { 1: $index, 2: name.family | first } }',
  ].join('\n');
  const set = loadedOutbound([
    ...mappingFiles().filter(({ path }) => /^(?:tables|structures|outbound\/parts)\//u.test(path)),
    { path: 'outbound/ADT_A08.yaml', text },
  ]);
  const relatives = [relative('A', 'usual'), relative('B', 'old'), relative('C', 'usual')];
  const [message] = run(outbound(set, 'ADT_A08'), inputOf([patient, ...relatives])).messages;
  expect(linesOf(message?.text ?? '').filter((line) => line.startsWith('NK1'))).toEqual(['NK1|1|A', 'NK1|2|C']);
});
