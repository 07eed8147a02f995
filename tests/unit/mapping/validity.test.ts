import { expect, test } from '@jest/globals';
import { validate } from '../../../src/fhir/validate/validate.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { loaded, mapped, message } from './mapping-files.ts';

/** One resource of type Patient with a single rule, over PID and NK1. */
function patientWith(rule: string, ...segments: readonly string[]): ReturnType<typeof mapped> {
  const set = loaded([
    { path: 'structures/ADT_A01.yaml', text: 'structure: ADT_A01\nparts: [MSH, PID, NK1*]\n' },
    {
      path: 'base/ADT_A01.yaml',
      text: [
        'map: ADT_A01',
        'version: 1',
        'events: [A01]',
        "structural: ['MSH-1..21', PID-1, NK1-1]",
        `resources: { patient: { type: Patient, from: PID, key: PID-3, set: { ${rule} } } }`,
      ].join('\n'),
    },
  ]);
  const header = 'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01^ADT_A01|1|P|2.5';
  return mapped(set, message(header, 'PID|1||7^^^H^MR|||||F', ...segments));
}

test.each<readonly [string, string, readonly string[], { readonly code: string; readonly address?: string }]>([
  ['a code outside of a value set', 'gender: PID-8', [], { code: 'mapping.invalid-value', address: 'PID-8' }],
  [
    'a contact of whom nothing is known (pat-1)',
    'contact: { each: NK1, relationship: NK1-3 }',
    ['NK1|1||MTH'],
    { code: 'mapping.rule-broken' },
  ],
])('%s is left out and told', (_, rule, segments, { code, address }) => {
  const result = patientWith(rule, ...segments);
  const [patient] = toResources(result);
  expect(Object.keys(patient ?? {})).toEqual(['resourceType', 'id']);
  expect(result.warnings.map((warning) => warning.code)).toEqual([code]);
  const [lost] = result.unmapped.filter(({ reason }) => reason === 'invalid-value');
  expect(lost?.address).toBe(address);
});

test('a null cannot delete what a resource cannot be without', () => {
  const header = 'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01^ADT_A01|1|P|2.5';
  const lines = ['PID|1||7^^^H^MR', 'PV1|1|""|W||||||||||||||||V1^^^H'];
  const result = mapped(loaded(), message(header, ...lines));
  const stays = toResources(result).filter(({ resourceType }) => resourceType === 'Encounter');
  expect(stays).toEqual([expect.objectContaining({ class: expect.anything(), status: 'in-progress' })]);
  expect(result.warnings.map(({ code }) => code)).toContain('mapping.required-null');
});

/** References of resources that lead to none of them. */
function dangling(resources: readonly unknown[]): readonly string[] {
  const text = JSON.stringify(resources);
  const known = new Set(
    Array.from(text.matchAll(/"resourceType":"(\w+)","id":"([^"]+)"/gu), ([, type, id]) => `${type}/${id}`),
  );
  return Array.from(text.matchAll(/"reference":"([^"]+)"/gu), ([, reference = '']) => reference).filter(
    (reference) => !known.has(reference),
  );
}

test.each<readonly [string, string, readonly string[], string]>([
  ['a result without a code', 'ORU^R01', ['PID|1||7^^^H^MR', 'OBR|1||F|X', 'OBX|1|NM|^^||1||||||F'], 'Observation'],
  ['a diagnosis of nobody', 'ADT^A01', ['PV1|1|I|||||||||||||||||V1', 'DG1|1||I10^高血压|||A'], 'Condition'],
  ['an appointment of nobody', 'SRM^S01', ['ARQ|1^H', 'RGS|1', 'AIS|1||X'], 'Appointment'],
])('%s is left out and nothing refers to it', (_, event, lines, type) => {
  const header = `MSH|^~\\&|HIS|H|J|J|20261121||${event}|1|P|2.5`;
  const result = mapped(loaded(), message(header, ...lines));
  const resources = toResources(result);
  expect(resources.filter(({ resourceType }) => resourceType === type)).toEqual([]);
  expect(dangling(resources)).toEqual([]);
  expect(resources.flatMap((resource) => validate(resource).map(({ problem }) => problem.message))).toEqual([]);
});

test('a null of a required element with a fallback is the fallback', () => {
  const header = 'MSH|^~\\&|LIS|H|J|J|20261121||ORU^R01|1|P|2.5';
  const result = mapped(loaded(), message(header, 'PID|1||7^^^H^MR', 'OBR|1||F|X', 'OBX|1|NM|A||1||||||""'));
  const [observation] = toResources(result).filter(({ resourceType }) => resourceType === 'Observation');
  expect(observation).toMatchObject({ status: 'unknown', valueQuantity: expect.anything() });
});

test('a code of the value set stays', () => {
  const [patient] = toResources(patientWith("gender: 'female'"));
  expect(patient).toMatchObject({ gender: 'female' });
});
