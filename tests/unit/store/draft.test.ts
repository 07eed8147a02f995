import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JingluoError } from '../../../src/core/problem.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import { Draft } from '../../../src/store/draft.ts';
import type { Page, Put, Query, Store } from '../../../src/store/port.ts';

const link = (id: string, more: Partial<Put> = {}): Put => ({ collection: 'links', id, body: `"${id}"`, ...more });

async function storeWith(...puts: readonly Put[]): Promise<Store> {
  const store = openMemoryStore();
  await store.commit({ puts });
  return store;
}

describe('reading', () => {
  test('a draft reads its own puts and deletes, and what is stored elsewhere', async () => {
    const draft = new Draft(await storeWith(link('a'), link('b'), link('c')));
    draft.put(link('a', { body: '1', note: 'n', fields: { state: 's' } }));
    draft.delete('links', 'b');
    draft.put(link('d'));
    const rows = await draft.getMany('links', ['a', 'b', 'c', 'd', 'e']);
    expect(rows).toEqual([
      { id: 'a', rev: 2, body: '1', note: 'n', fields: { state: 's' } },
      undefined,
      { id: 'c', rev: 1, body: '"c"', fields: {} },
      { id: 'd', rev: 1, body: '"d"', fields: {} },
      undefined,
    ]);
  });

  test('a row is read once: what others write meanwhile shows as a conflict, not as another answer', async () => {
    const store = await storeWith(link('a'));
    const draft = new Draft(store);
    await draft.get('links', 'a');
    await store.commit({ puts: [link('a', { body: '2' })] });
    expect(await draft.get('links', 'a')).toMatchObject({ rev: 1, body: '"a"' });
    draft.put(link('a', { body: '3' }));
    expect(await draft.commit()).toEqual({ ok: false, conflict: { collection: 'links', id: 'a' } });
  });
});

type Step = (draft: Draft) => unknown;
const get: Step = (draft) => draft.get('links', 'x');
const put: Step = (draft) => {
  draft.put(link('x', { body: '"mine"' }));
};
const remove: Step = (draft) => {
  draft.delete('links', 'x');
};
const expectIt: Step = (draft) => {
  draft.expect('links', 'x');
};
const found: Step = async (draft) => {
  draft.adopt('links', (await draft.store.find('links', {})).rows);
};
const search: Step = (draft) => draft.find('links', {});

describe('what a commit rests on', () => {
  // Somebody else changes the row (or creates it) between the steps and the commit.
  test.each<[string, 'there' | 'missing', readonly Step[], boolean]>([
    ['read and put', 'there', [get, put], false],
    ['found, adopted and put', 'there', [found, put], false],
    ['found through the draft and put', 'there', [search, put], false],
    ['put unread', 'there', [put], true],
    ['put unread, then read', 'there', [put, get], true],
    ['read only', 'there', [get], true],
    ['read and expected', 'there', [get, expectIt], false],
    ['read and deleted', 'there', [get, remove], false],
    ['deleted unread', 'there', [remove], true],
    ['read, put, deleted', 'there', [get, put, remove], false],
    ['read, deleted, put', 'there', [get, remove, put], false],
    ['read as missing and put', 'missing', [get, put], false],
    ['read as missing, put and expected', 'missing', [get, put, expectIt], false],
    ['read as missing, put, deleted again', 'missing', [get, put, remove], true],
    ['read as missing, put, deleted, put', 'missing', [get, put, remove, put], false],
    ['put where nothing was, unread', 'missing', [put], true],
  ])('%s; row %s', async (_name, before, steps, commits) => {
    const store = await storeWith(...(before === 'there' ? [link('x')] : []));
    const draft = new Draft(store);
    for (const step of steps) await step(draft);
    draft.put({ collection: 'aliases', id: 'other', body: '{}' });
    await store.commit({ puts: [link('x', { body: '"theirs"' })] });
    expect((await draft.commit()).ok).toBe(commits);
    expect((await store.get('aliases', 'other')) !== undefined).toBe(commits);
  });

  test.each<[string, readonly Step[]]>([
    ['was not read', []],
    ['was read as missing', [get]],
    ['is put but was not read', [put]],
  ])('a decision cannot rest on a row that %s', async (_name, steps) => {
    const draft = new Draft(await storeWith());
    for (const step of steps) await step(draft);
    expect(() => {
      draft.expect('links', 'x');
    }).toThrow(JingluoError);
  });
});

const KEYS = ['k', 'l'] as const;
const writes = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    write: fc.boolean(),
    keys: fc.subarray([...KEYS]),
    ordered: fc.subarray(['x', 'xy', 'z']),
    state: fc.constantFrom(undefined, 's1', 's2'),
  }),
  { maxLength: 8 },
);
const queries = fc.record({
  all: fc.subarray([...KEYS], { maxLength: 1 }),
  prefix: fc.constantFrom([], [['x']], [['xy', 'z']]),
  order: fc.constantFrom([], [{ field: 'state' }], [{ field: 'state', descending: true }]),
  limit: fc.integer({ min: 1, max: 7 }),
});

function write(draft: Draft, list: typeof writes extends fc.Arbitrary<infer W> ? W : never): void {
  for (const { id, write: put, keys, ordered, state } of list) {
    if (put) draft.put(link(id, { keys, ordered, fields: state === undefined ? {} : { state } }));
    else draft.delete('links', id);
  }
}

async function everyId(find: (query: Query) => Promise<Page>, query: Query): Promise<string[]> {
  const ids: string[] = [];
  let page = await find(query);
  for (;;) {
    ids.push(...page.rows.map(({ id }) => id));
    if (page.next === undefined) return ids;
    page = await find({ ...query, after: page.next });
  }
}

describe('searching', () => {
  test('a row whose body alone is put keeps its fields, and is found by the keys that it has', async () => {
    const store = await storeWith(link('a', { keys: ['k'], fields: { state: 's' } }));
    const draft = new Draft(store);
    await draft.get('links', 'a');
    draft.put({ collection: 'links', id: 'a', body: '1', bodyOnly: true });
    const changed = { id: 'a', rev: 2, body: '1', fields: { state: 's' } };
    expect(await draft.get('links', 'a')).toEqual(changed);
    expect(await draft.find('links', { all: ['k'] })).toEqual({ rows: [changed] });
    draft.put(link('a', { keys: ['l'], fields: { state: 't' } }));
    draft.put({ collection: 'links', id: 'a', body: '2', bodyOnly: true });
    expect(await draft.find('links', { all: ['l'] })).toMatchObject({ rows: [{ body: '2', fields: { state: 't' } }] });
    await draft.commit();
    expect(await store.find('links', { all: ['k'] })).toEqual({ rows: [] });
    expect(await store.get('links', 'a')).toEqual({ id: 'a', rev: 2, body: '2', fields: { state: 't' } });
  });

  test('a draft finds before its commit what the store finds after it, in order and pages', async () => {
    await fc.assert(
      fc.asyncProperty(writes, writes, queries, async (first, second, query) => {
        const store = openMemoryStore();
        const before = new Draft(store);
        write(before, first);
        await before.commit();
        const draft = new Draft(store);
        write(draft, second);
        const found = await everyId((asked) => draft.find('links', asked), query);
        await draft.commit();
        expect(found).toEqual(await everyId((asked) => store.find('links', asked), query));
      }),
    );
  });

  test('a page is full though the draft deleted what came first', async () => {
    const draft = new Draft(await storeWith(link('a'), link('b'), link('c'), link('d')));
    draft.delete('links', 'a');
    draft.delete('links', 'b');
    const page = await draft.find('links', { limit: 1 });
    expect(page.rows.map(({ id }) => id)).toEqual(['c']);
    expect(page.next).toBeDefined();
  });
});
