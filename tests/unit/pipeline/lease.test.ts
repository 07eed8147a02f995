import { expect, test } from '@jest/globals';

import { Lease } from '../../../src/pipeline/lease.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';

/** Two nodes that want the same lease of a second, over a store whose clock the test moves. */
function two() {
  let now = Date.parse('2026-11-21T00:00:00Z');
  const store = openMemoryStore({ now: () => new Date(now) });
  const [a, b] = ['A', 'B'].map((node) => new Lease(store, 'channel|his', node, 1_000));
  if (a === undefined || b === undefined) throw new TypeError('two leases');
  return { a, b, pass: (ms: number) => (now += ms) };
}

test('one node holds it; another gets it when it runs out, and knows of the unclean end', async () => {
  const { a, b, pass } = two();
  expect(await a.take(false)).toEqual({ unclean: false });
  expect(await b.take(false)).toBeUndefined();
  pass(900);
  expect(await a.renew()).toBe(true);
  pass(900);
  expect(await b.take(false)).toBeUndefined();
  pass(200);
  expect(await b.take(false)).toEqual({ unclean: true });
  expect(await a.renew()).toBe(false);
  await a.release();
  expect(await b.renew()).toBe(true);
});

test('given back, the next holder has it at once and nothing was interrupted', async () => {
  const { a, b } = two();
  await a.take(false);
  await a.release();
  expect(await b.take(false)).toEqual({ unclean: false });
});

test('where one process alone can use the store, what was left behind is taken at once', async () => {
  const { a, b } = two();
  await a.take(true);
  expect(await b.take(true)).toEqual({ unclean: true });
});

test('a node that lost touch for a while was not interrupted', async () => {
  const { a, pass } = two();
  await a.take(false);
  pass(5_000);
  expect(await a.take(false)).toEqual({ unclean: false });
});

test('of two that take it at the same moment one gets it', async () => {
  const { a, b } = two();
  const taken = await Promise.all([a.take(false), b.take(false)]);
  expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
});
