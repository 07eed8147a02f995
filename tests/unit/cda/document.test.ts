import { expect, test } from '@jest/globals';

import { validate } from '../../../src/fhir/validate/validate.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { stringifyFhir } from '../../../src/fhir/json.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { CONTEXT as MAPPING, loaded, mapped, message } from '../mapping/mapping-files.ts';
import { documentOf, fixture, read, resources } from './reading.ts';

function all(bytes: Uint8Array): readonly FhirResource[] {
  const found = read(bytes);
  return found.ok ? resources(found.value) : [];
}

const admission = all(fixture('admission.xml'));
const of = (type: string): readonly unknown[] =>
  admission
    .filter(({ resourceType }) => resourceType === type)
    .map((resource): unknown => JSON.parse(stringifyFhir(resource)));

test.each<readonly [type: string, expected: readonly object[]]>([
  ['Patient', [{ gender: 'male', birthDate: '1968-03-12', name: [{ family: '张', given: ['试验'] }] }]],
  ['Encounter', [{ class: { code: 'IMP' }, period: { start: '2026-11-21T08:00:00+08:00' } }]],
  ['RelatedPerson', [{ name: [{ text: '张家属' }], telecom: [{ value: '13990000002' }] }]],
  ['FamilyMemberHistory', [{ status: 'partial', note: [{ text: '母亲高血压' }] }]],
  [
    'Condition',
    [
      {
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'I20.000' }], text: '不稳定型心绞痛' },
        verificationStatus: { coding: [{ code: 'provisional' }] },
        onsetDateTime: '2026-11-21',
      },
    ],
  ],
  [
    'Observation',
    [
      { valueString: '胸闷3天 <加重>' },
      { valueString: '不吸烟', category: [{ coding: [{ code: 'social-history' }] }] },
      { valueQuantity: { unit: '℃' }, code: { coding: [{ code: '8310-5' }, { code: 'DE04.10.186.00' }] } },
      { valueQuantity: { value: 150, unit: 'mmHg' }, category: [{ coding: [{ code: 'vital-signs' }] }] },
    ],
  ],
  ['DocumentReference', [{ docStatus: 'final', custodian: { display: '试验医院' }, description: '入院记录' }]],
])('an admission record of WS/T 500 gives %s', (type, expected) => {
  const found = of(type);
  expect(found).toHaveLength(expected.length);
  expected.forEach((one, at) => {
    expect(found[at]).toMatchObject(one);
  });
});

test('the sections say what the entries say, and refer to them', () => {
  const [composition] = of('Composition');
  const text = '主诉：胸闷3天 &lt;加重&gt;';
  expect(composition).toMatchObject({
    status: 'final',
    author: [{ display: '王医生' }],
    attester: [{ mode: 'legal', party: { display: '李主任' } }],
    section: [{ text: { div: expect.stringContaining(text) } }, {}, {}, { entry: [{}, {}] }, { entry: [{}] }],
  });
});

test('a discharge summary gives diagnosis, operation and results', () => {
  const found = all(fixture('discharge.xml'));
  const first = (type: string): unknown => found.find(({ resourceType }) => resourceType === type);
  expect(first('Condition')).toMatchObject({ code: { coding: [{ code: 'M17.100' }] } });
  expect(first('Procedure')).toMatchObject({
    status: 'completed',
    code: { coding: [{ system: 'urn:icd9cm3', code: '81.5400' }], text: '左膝关节置换术' },
    performedDateTime: '2026-11-23',
    performer: [{ actor: { display: '李主任' } }],
  });
  expect(first('Observation')).toMatchObject({
    code: { text: '血红蛋白' },
    category: [{ coding: [{ code: 'laboratory' }] }],
    valueQuantity: { value: 118, unit: 'g/L' },
  });
  expect(first('Composition')).toMatchObject({
    author: [{ display: '王医生' }],
    section: [{}, { text: { status: 'additional', div: expect.stringContaining('左膝关节置换术。') } }, {}, {}],
  });
  // A sex that was not stated is not known; a visit number names the patient where there is no other.
  expect(first('Patient')).toMatchObject({ gender: 'unknown', identifier: [{ value: 'V990001' }, {}] });
});

test('what ends in no resource is told', () => {
  const found = read(fixture('admission.xml'));
  expect(found.ok ? found.value.unmapped.map(({ address }) => address) : []).toEqual([
    'section[5]/entry[3]/supply',
    'ClinicalDocument/dataEnterer',
  ]);
});

test.each(['admission.xml', 'discharge.xml', 'continuity.xml'])('every resource of %s is valid', (name) => {
  const found = all(fixture(name));
  expect(found.length).toBeGreaterThan(5);
  expect(found.flatMap((resource) => validate(resource).map(({ problem }) => problem))).toEqual([]);
});

test('patient, stay and diagnosis are those that HL7 v2 tells of', () => {
  const adt = message(
    'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01|1|P|2.5',
    'EVN||20261121',
    'PID|1||P990001^^^H^MR||张^试验',
    'PV1|1|I|||||||||||||||||V990001^^^H',
    'DG1|1||I20.000^不稳定型心绞痛^I10',
  );
  const told = toResources(mapped(loaded(), adt, MAPPING));
  const ids = (list: readonly FhirResource[]): readonly unknown[] =>
    ['Patient', 'Encounter', 'Condition'].map((type) => list.find(({ resourceType }) => resourceType === type)?.['id']);
  expect(ids(admission)).toEqual(ids(told));
});

test.each<readonly [what: string, section: string, expected: object]>([
  [
    'what is denied',
    '<section><entry><observation negationInd="true"><code code="x"/><value xsi:type="ST">发热</value></observation></entry></section>',
    {},
  ],
  [
    'a refuted diagnosis',
    '<section><entry><observation negationInd="true"><code code="DE05.01.024.00"/><value xsi:type="CD" code="I10"/></observation></entry></section>',
    { Condition: 1 },
  ],
  [
    'a diagnosis by name and by code in two entries',
    '<section><entry><observation><code code="DE05.01.025.00"/><value>高血压</value></observation></entry>' +
      '<entry><observation><code code="DE05.01.024.00"/><value code="I10" displayName="高血压"/></observation></entry></section>',
    { Condition: 1 },
  ],
  [
    'an operation with its name',
    '<section><entry><procedure><code code="36.06" codeSystem="2.16.156.10011.2.3.3.12"/><effectiveTime value="20261122"/></procedure></entry></section>',
    { Procedure: 1 },
  ],
  [
    'an operation that is planned',
    '<section><entry><procedure moodCode="INT"><code code="36.06"/></procedure></entry></section>',
    {},
  ],
  [
    'a section inside a section',
    '<section><component><section><entry><observation><code code="x"/><value xsi:type="INT" value="3"/></observation></entry></section></component></section>',
    { Observation: 1 },
  ],
])('%s', (_what, section, expected) => {
  const beside = new Set(['Patient', 'Composition', 'DocumentReference']);
  const counts: Record<string, number> = {};
  for (const { resourceType } of all(documentOf(section))) {
    if (!beside.has(resourceType)) counts[resourceType] = (counts[resourceType] ?? 0) + 1;
  }
  expect(counts).toEqual(expected);
});

test('a later version of a document says the same things anew', () => {
  const version = (id: string, number: string, value: string): Uint8Array =>
    documentOf(
      `<section><code code="8716-3"/><entry><observation><code code="x"/><value xsi:type="PQ" value="${value}"/></observation></entry></section>`,
      `<id root="1.2.3.4.5.6" extension="${id}"/><setId root="1.2.3.4.5.6" extension="S990001"/><versionNumber value="${number}"/>` +
        '<recordTarget><patientRole><id root="1.2.3.4.5.7" extension="P990002"/></patientRole></recordTarget>',
    );
  const [first, second] = [all(version('D1', '1', '1')), all(version('D2', '2', '2'))];
  const id = (list: readonly FhirResource[], type: string): unknown =>
    list.find(({ resourceType }) => resourceType === type)?.['id'];
  expect(id(second, 'Observation')).toBe(id(first, 'Observation'));
  expect(id(second, 'Composition')).toBe(id(first, 'Composition'));
  expect(id(second, 'DocumentReference')).not.toBe(id(first, 'DocumentReference'));
  expect(second.find(({ resourceType }) => resourceType === 'Composition')).toMatchObject({ status: 'amended' });
});
