import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import type { Put, Query, Store } from '../../../src/store/port.ts';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import { allPages, idsOf } from '../../contract/store/opened.ts';

const ROWS: readonly Put[] = Array.from({ length: 400 }, (_, index) => ({
  collection: 'resources',
  id: `r/${String((index * 7919) % 400)}`,
  body: '{}',
  keys: ['common', index % 2 === 0 ? 'even' : 'odd', ...(index === 5 ? ['rare'] : [])],
  ordered: [`name ${index % 10}`],
  fields: {
    type: index % 3 === 0 ? 'A' : 'B',
    ...(index % 11 === 0 ? {} : { lastUpdated: new Date(index % 50) }),
    version: index % 4,
    span: [[index, index + 5]],
  },
}));

const ORDERS: readonly (readonly [string, NonNullable<Query['order']>])[] = [
  ['ids', []],
  ['an indexed field', [{ field: 'lastUpdated' }]],
  ['an indexed field, descending', [{ field: 'lastUpdated', descending: true }]],
  ['a field without index', [{ field: 'version' }, { field: 'lastUpdated', descending: true }]],
];
const TERMS: readonly (readonly [string, Query])[] = [
  ['nothing', {}],
  ['a common key', { all: ['common'] }],
  ['two common keys and a prefix', { all: ['common', ['even', 'odd']], prefix: [['name 1', 'name 2']] }],
  ['a rare key among common ones', { all: ['common', 'rare'] }],
  ['an equal field', { where: [{ field: 'type', op: 'eq', value: 'B' }] }],
  ['a list of values and a key excluded', { where: [{ field: 'type', op: 'in', value: ['A', 'B'] }], none: ['odd'] }],
  ['a wide range', { ranges: [[{ field: 'span', lowGe: 10 }]] }],
];

// Enough rows for the planner to leave the keys aside and walk the table in its order.
describe('common terms, in pages', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-walk-'));
  const memory = openMemoryStore();
  let store: Store;
  beforeAll(async () => {
    store = await openSqlite({ file: path.join(folder, 'store.db') }, systemClock);
    await store.commit({ puts: ROWS });
    await memory.commit({ puts: ROWS });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const cases = ORDERS.flatMap(([by, order]) => TERMS.map(([name, query]) => [name, by, { ...query, order }] as const));
  test.each(cases)('%s, by %s', async (_name, _by, query) => {
    const expected = idsOf({ rows: await allPages(memory, 'resources', query) });
    expect(expected.length).toBeGreaterThan(0);
    for (const limit of [7, 100]) {
      expect(idsOf({ rows: await allPages(store, 'resources', { ...query, limit }) })).toEqual(expected);
    }
  });
});
