// What sealing costs for each row, in µs of CPU: `node --import ./scripts/ts-register.mjs bench/sealing.ts`.
import { Envelopes } from '../src/store/sealing/envelope.ts';
import { KeyRing } from '../src/store/sealing/key-ring.ts';
import type { Put } from '../src/store/port.ts';
import { openRow, sealPut } from '../src/store/sealing/row-seal.ts';
import { SearchHash } from '../src/store/sealing/search-hash.ts';

const ROUNDS = 7;
const ROWS = 2_000;

const ring = new KeyRing({ current: 'k1', keys: [{ id: 'k1', secret: Buffer.alloc(32, 1).toString('base64') }] });
const tools = { envelopes: new Envelopes(ring), hash: new SearchHash(Buffer.alloc(32, 2)) };

const plainKeys = Array.from(
  { length: 12 },
  (_, index) => `Observation\u0001code\u0001http://loinc.org\u0001${4548 + index}-4`,
);
const patientKeys = ['identifier', 'phone', 'telecom'].flatMap((parameter) => [
  `Patient\u0001${parameter}\u0001urn:x\u000199000019${parameter}`,
  `Patient\u0001${parameter}\u0001\u000199000019${parameter}`,
]);
const visits = Array.from({ length: 30 }, (_, index) => ({
  no: `I2026111800${index}`,
  class: 'AMB',
  dept: 'D-骨科',
  start: new Date(index),
  dx: ['M17.100'],
  p: [['HIS', `Encounter/${index}`, '2026-11-21']],
}));

const ROWS_OF: Readonly<Record<string, Put>> = {
  'resource, 1.4 KB, 12 plain keys': {
    collection: 'resources',
    id: 'Observation/1',
    body: JSON.stringify({ resourceType: 'Observation', text: 'x'.repeat(1_350) }),
    keys: plainKeys,
  },
  'Patient, 2 KB, 6 sensitive keys': {
    collection: 'resources',
    id: 'Patient/1',
    body: JSON.stringify({ resourceType: 'Patient', text: 'x'.repeat(1_950) }),
    note: '{"row":[1,"HIS"]}',
    keys: patientKeys,
  },
  'message, 1.2 KB of bytes': { collection: 'messages', id: 'm-1', body: Buffer.alloc(1_200, 'MSH|') },
  'patient document, 12 sealed values': {
    collection: 'patients',
    id: 's-1',
    body: {
      name: '测试',
      idNumber: { v: '990000199001011234', type: '01' },
      phones: Array.from({ length: 5 }, (_, index) => ({ v: `1390000000${index}` })),
      contacts: Array.from({ length: 5 }, (_, index) => ({ name: '测试', phone: { v: `1380000000${index}` } })),
      address: { line: { v: '测试路1号' } },
      visits: { n: 30, list: visits },
      keys: ['idn:01|990000199001011234', 'tel:13900000000', 'rec:s-1'],
    },
    keys: ['tel:13900000000'],
  },
};

/** CPU of one call in µs, median over rounds. */
function cost(call: () => unknown): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let row = 0; row < ROWS; row += 1) call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / ROWS;
  });
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

for (const [name, put] of Object.entries(ROWS_OF)) {
  const sealed = { rev: 1, fields: {}, ...sealPut(put, tools) };
  const seal = cost(() => sealPut(put, tools));
  const open = cost(() => openRow(put.collection, sealed, tools));
  console.log(`${name.padEnd(36)} seal ${seal.toFixed(1).padStart(6)} µs   open ${open.toFixed(1).padStart(6)} µs`);
}
