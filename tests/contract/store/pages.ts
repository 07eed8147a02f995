import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Put, Query, Store } from '../../../src/store/port.ts';
import { allPages, fresh, idsOf, textPut } from './opened.ts';

const tag = fresh('p');
const row = (name: string, fields: NonNullable<Put['fields']>): Put =>
  textPut('resources', `${tag}/${name}`, { keys: [tag], fields });
const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));

const ROWS: readonly Put[] = [
  row('a', {
    type: 'b',
    version: 2,
    lastUpdated: day(3),
    span: [
      [5, 9],
      [1, 2],
    ],
  }),
  row('b', { type: 'a', version: 2, lastUpdated: day(1), span: [[3, 4]] }),
  row('c', { type: 'a', version: 1 }),
  row('d', { version: 1, lastUpdated: day(2), span: [[3, 9]] }),
  row('e', { type: '😀', lastUpdated: day(2) }),
  row('f', { type: '\uffee', version: -1, span: [[-Infinity, 0]] }),
];

const ORDERS: readonly (readonly [string, NonNullable<Query['order']>, string])[] = [
  ['by id', [], 'abcdef'],
  ['ascending, missing first, ties by id', [{ field: 'version' }], 'efcdab'],
  ['descending, missing last, ties by id backwards', [{ field: 'version', descending: true }], 'badcfe'],
  ['text by code point', [{ field: 'type' }], 'dbcafe'],
  ['dates', [{ field: 'lastUpdated' }], 'cfbdea'],
  ['two criteria', [{ field: 'version' }, { field: 'type' }], 'efdcba'],
  ['two criteria in two directions', [{ field: 'version' }, { field: 'type', descending: true }], 'efcdab'],
  ['two criteria, the first descending', [{ field: 'version', descending: true }, { field: 'type' }], 'badcfe'],
  ['smallest low of ranges', [{ field: 'span' }], 'cefabd'],
  ['smallest low of ranges, descending', [{ field: 'span', descending: true }], 'dbafec'],
];

/** Order, limit and cursors. */
export function pagesContract(store: () => Store): void {
  describe('order and pages', () => {
    beforeAll(async () => {
      await store().commit({ puts: ROWS });
    });
    const names = (rows: Parameters<typeof idsOf>[0]): string =>
      idsOf(rows)
        .map((id) => id.slice(tag.length + 1))
        .join('');

    test.each(ORDERS)('%s', async (_name, order, expected) => {
      expect(names(await store().find('resources', { all: [tag], order }))).toBe(expected);
      for (const limit of [1, 2, 3, 5]) {
        const rows = await allPages(store(), 'resources', { all: [tag], order, limit });
        expect(names({ rows })).toBe(expected);
      }
    });

    test('a full last page has no next', async () => {
      const page = await store().find('resources', { all: [tag], limit: 6 });
      expect(page.rows).toHaveLength(6);
      expect(page.next).toBeUndefined();
    });

    test('without a limit a page has a hundred rows', async () => {
      const key = fresh('key');
      const puts = Array.from({ length: 230 }, (_, index) =>
        textPut('links', `${key}/${String(index).padStart(3, '0')}`, { keys: [key] }),
      );
      await store().commit({ puts });
      const first = await store().find('links', { all: [key] });
      expect(first.rows).toHaveLength(100);
      const rows = await allPages(store(), 'links', { all: [key] });
      expect(idsOf({ rows })).toEqual(puts.map(({ id }) => id));
      expect(await store().count('links', { all: [key], limit: 10 })).toBe(230);
    });

    test('rows written or deleted between pages neither hide nor repeat others', async () => {
      const key = fresh('key');
      const put = (name: string, at: number): Put =>
        textPut('events', `${key}/${name}`, { keys: [key], fields: { at: new Date(at) } });
      await store().commit({ puts: [put('a', 10), put('b', 20), put('c', 30), put('d', 40), put('e', 50)] });
      const query: Query = { all: [key], order: [{ field: 'at' }], limit: 2 };
      const first = await store().find('events', query);
      await store().commit({
        puts: [
          put('before', 5),
          put('behind', 35),
          textPut('events', `${key}/d`, { keys: [key], fields: { at: new Date(45) } }),
        ],
        deletes: [{ collection: 'events', id: `${key}/b` }],
      });
      const seen = [...first.rows];
      for (let next = first.next; next !== undefined;) {
        const page = await store().find('events', { ...query, after: next });
        seen.push(...page.rows);
        next = page.next;
      }
      expect(idsOf({ rows: seen }).map((id) => id.slice(key.length + 1))).toEqual(['a', 'b', 'c', 'behind', 'd', 'e']);
    });
  });
}
