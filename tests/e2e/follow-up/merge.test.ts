import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { Clinic, operated, patient } from './clinic.ts';

let clinic: Clinic;

beforeAll(async () => {
  clinic = await Clinic.start();
  await clinic.put(patient('p1'), ...operated('p1', 'e1'));
  await clinic.put(patient('p2', { birthDate: '1970-01-01' }), ...operated('p2', 'e2'));
}, 60_000);

afterAll(() => clinic.stop());

const listed = async (rec: string): Promise<unknown[]> => {
  const section = (await clinic.section(rec)) as { readonly list?: readonly { readonly rec: string }[] } | null;
  return (section?.list ?? []).map((entry) => entry.rec).sort();
};

async function expectRebuilt(): Promise<void> {
  expect((await clinic.run('rebuild', {})).at(-1)).toMatchObject({ changed: 0 });
}

test('merged, two source records have one section and get one message', async () => {
  await clinic.run('person.merge', { a: 'p1', b: 'p2', by: 'u1', confirmedBy: 'u2', reason: 'test' });
  expect(await listed('p1')).toEqual(['p1', 'p2']);
  await clinic.advanceTo('2026-11-22T10:00:00+08:00');
  expect(clinic.gateway.got).toHaveLength(1);
  await expectRebuilt();
});

test('split, each has its own again, and who got nothing gets it now', async () => {
  await clinic.run('person.split', { a: 'p2', by: 'u1', reason: 'test' });
  await clinic.running.settle();
  expect([await listed('p1'), await listed('p2')]).toEqual([['p1'], ['p2']]);
  expect(new Set(clinic.gateway.got.map(({ to }) => to)).size).toBe(2);
  await expectRebuilt();
});
