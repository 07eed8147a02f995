import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import type { ChangeSet, Query, Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { idsOf } from '../contract/store/opened.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-groups-'));
let store: Store;
beforeAll(async () => {
  store = await openSqlite({ file: path.join(folder, 'store.db') }, systemClock);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const KEYS = ['k1', 'k2', 'Patient\u0001x\u0001\u0001P1'];
const IDS = ['a', 'b', 'c'];

/** One change of one row, with a guess at its rev, so that some guesses are wrong. */
const change = fc.record({
  id: fc.constantFrom(...IDS),
  keys: fc.uniqueArray(fc.constantFrom(...KEYS)),
  span: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  rev: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  kind: fc.constantFrom('put', 'put', 'put', 'body', 'delete'),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

let runs = 0;

function changesOf({ id: short, keys, span, rev, kind }: Change, run: number): ChangeSet {
  const id = `${run}/${short}`;
  const row = { collection: 'resources', id } as const;
  const expected = rev === undefined ? {} : { expect: [{ ...row, rev }] };
  if (kind === 'delete') return { deletes: [row], ...(rev === 0 ? {} : expected) };
  if (kind === 'body') {
    return {
      puts: [{ ...row, body: '{"only":1}', bodyOnly: true }],
      expect: [{ ...row, rev: rev === 0 ? 1 : (rev ?? 1) }],
    };
  }
  const fields = { type: `t${keys.length}`, ...(span === undefined ? {} : { span: [[span, span + 1] as const] }) };
  const put = {
    ...row,
    body: JSON.stringify({ keys }),
    keys: keys.map((key) => `${run} ${key}`),
    ordered: keys,
    fields,
  };
  return { puts: [put], ...expected };
}

/** What is to be seen of a run: every row, and who is found by what. */
async function seen(from: Store, run: number): Promise<unknown> {
  const mine = IDS.map((id) => `${run}/${id}`);
  const all = KEYS.map((key) => `${run} ${key}`);
  const queries: Query[] = [
    ...all.map((key): Query => ({ all: [key] })),
    { all: [all] },
    ...KEYS.map((key): Query => ({ all: [all], prefix: [[key]] })),
    ...[0, 1, 2, 3].map((low): Query => ({ all: [all], ranges: [[{ field: 'span', lowGe: low }]] })),
  ];
  const found = await Promise.all(queries.map(async (query) => idsOf(await from.find('resources', query))));
  return { rows: await from.getMany('resources', mine), found };
}

test('commits that share a group are what they are one after the other', async () => {
  const memory = openMemoryStore();
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), fc.array(change), async (first, second) => {
      const run = (runs += 1);
      for (const group of [first, second]) {
        const sets = group.map((one) => changesOf(one, run));
        // Asked for in one turn, they go to the writer together.
        const together = await Promise.all(sets.map((set) => store.commit(set)));
        const alone: boolean[] = [];
        for (const set of sets) alone.push((await memory.commit(set)).ok);
        expect(together.map(({ ok }) => ok)).toEqual(alone);
        expect(await seen(store, run)).toEqual(await seen(memory, run));
      }
    }),
  );
});
