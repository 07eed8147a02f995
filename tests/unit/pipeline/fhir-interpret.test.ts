import { expect, test } from '@jest/globals';

import { fhirInterpreter } from '../../../src/pipeline/fhir/interpret.ts';
import type { JournalWrite } from '../../../src/pipeline/journal.ts';

const channel = {
  name: 'fhir',
  source: 'fhir',
  ack: 'processed',
  ackTimeoutMs: 1,
  zone: 'Asia/Shanghai',
  ids: {},
  snapshots: [],
  backfill: false,
  onFailure: 'continue',
} as const;

const read = (body: string, writes: readonly JournalWrite[]) =>
  fhirInterpreter.interpret({
    id: 'm1',
    bytes: Buffer.from(body),
    receivedAt: new Date('2026-11-21T00:00:00Z'),
    channel,
    writes,
  });

const weight = '{"resourceType":"Observation","status":"final","valueQuantity":{"value":62.50}}';
const ward = '{"resourceType":"Organization","name":"ward"}';
const bundle = `{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":${ward}},{"resource":{"resourceType":"Encounter","serviceProvider":{"reference":"urn:uuid:1"}}}]}`;

test.each<[string, string, readonly JournalWrite[], readonly string[]]>([
  ['one resource', weight, [{ method: 'POST', type: 'Observation', id: 'o1' }], ['Observation/o1']],
  [
    'lines',
    `${weight}\n${ward}`,
    [
      { method: 'PUT', type: 'Observation', id: 'o1', at: 0 },
      { method: 'PUT', type: 'Organization', id: 'w1', at: 1 },
    ],
    ['Observation/o1', 'Organization/w1'],
  ],
  ['a deletion', '', [{ method: 'DELETE', type: 'Organization', id: 'w1' }], []],
  ['a create that found its resource', ward, [{ method: 'POST', type: 'Organization', id: 'w1', existing: true }], []],
])('%s is news of what was written', (_what, body, writes, expected) => {
  const result = read(body, writes);
  expect(result.ok && result.value.patches.map(({ type, id }) => `${type}/${id}`)).toEqual(expected);
});

test('entries of a Bundle refer to each other by the ids they got', () => {
  const result = read(bundle, [
    { method: 'POST', type: 'Organization', id: 'w1', at: 0 },
    { method: 'POST', type: 'Encounter', id: 'e1', at: 1 },
  ]);
  expect(result.ok && result.value.patches[1]?.elements['serviceProvider']).toEqual({
    kind: 'value',
    value: { reference: 'Organization/w1' },
  });
});

test('bytes that do not hold what was written are a problem', () => {
  const result = read(bundle, [{ method: 'POST', type: 'Organization', id: 'w1', at: 7 }]);
  expect(result.ok ? undefined : result.error.code).toBe('pipeline.bytes-missing');
});
