import { beforeAll, describe, expect, test } from '@jest/globals';
import { JingluoError } from '../../../src/core/problem.ts';
import type { CollectionName } from '../../../src/store/collections.ts';
import type { Put, Query, Store } from '../../../src/store/port.ts';
import { fresh, idsOf, textPut } from './opened.ts';

/** Prefix of everything that these tests write: they look at nothing else. */
const tag = fresh('q');
const row = (name: string, more: Partial<Put>): Put =>
  textPut('resources', `${tag}/${name}`, { ...more, keys: [tag, ...(more.keys ?? []).map((key) => `${tag}${key}`)] });

const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));

const ROWS: readonly Put[] = [
  row('a', {
    keys: ['red', 'big'],
    ordered: [`${tag}/zhang san`],
    fields: { type: 'P', version: 1, lastUpdated: day(1) },
  }),
  row('b', {
    keys: ['red'],
    ordered: [`${tag}/zhang`, `${tag}/li`],
    fields: { type: 'P', version: 2, lastUpdated: day(2) },
  }),
  row('c', { keys: ['blue'], ordered: [`${tag}/Zhang`], fields: { type: 'O', version: 10 } }),
  row('d', {
    keys: ['blue', 'big'],
    ordered: [`${tag}/zh%ng`, `${tag}/😀`],
    fields: { type: 'O', lastUpdated: day(4) },
  }),
  row('e', { keys: [], fields: { span: [[10, 20]] } }),
  row('f', {
    keys: [],
    fields: {
      span: [
        [0, 5],
        [30, 40],
      ],
    },
  }),
  row('g', { keys: [], fields: { span: [[-Infinity, 15]] } }),
];

const k = (key: string): string => `${tag}${key}`;

const CASES: readonly (readonly [string, Query, string])[] = [
  ['everything', {}, 'abcdefg'],
  ['one exact key', { all: [k('red')] }, 'ab'],
  ['all of several keys', { all: [k('red'), k('big')] }, 'a'],
  ['any of several keys', { all: [[k('red'), k('blue')]] }, 'abcd'],
  ['any-of and all-of together', { all: [[k('red'), k('blue')], k('big')] }, 'ad'],
  ['any of a list that names a key twice', { all: [[k('red'), k('red'), k('big')]] }, 'abd'],
  ['any of no keys', { all: [[]] }, ''],
  ['a key that is the prefix of another', { all: [k('re')] }, ''],
  ['none of a key', { none: [k('red')] }, 'cdefg'],
  ['none of several keys', { none: [k('red'), k('big')] }, 'cefg'],
  ['a key and not another', { all: [k('big')], none: [k('red')] }, 'd'],
  ['a prefix', { prefix: [[`${tag}/zhang`]] }, 'ab'],
  ['a prefix of the case that it has', { prefix: [[`${tag}/Zh`]] }, 'c'],
  ['a prefix with a wild card sign', { prefix: [[`${tag}/zh%`]] }, 'd'],
  ['any of several prefixes', { prefix: [[`${tag}/li`, `${tag}/Zh`]] }, 'bc'],
  ['all of several prefixes, each by any key', { prefix: [[`${tag}/zhang`], [`${tag}/li`]] }, 'b'],
  ['overlapping prefixes give a row once', { prefix: [[`${tag}/zh`, `${tag}/zhang`]] }, 'abd'],
  ['a prefix of four-byte characters', { prefix: [[`${tag}/😀`]] }, 'd'],
  ['a whole ordered key as prefix', { prefix: [[`${tag}/zhang san`]] }, 'a'],
  ['equal text', { where: [{ field: 'type', op: 'eq', value: 'P' }] }, 'ab'],
  ['equal date', { where: [{ field: 'lastUpdated', op: 'eq', value: day(2) }] }, 'b'],
  ['less', { where: [{ field: 'version', op: 'lt', value: 2 }] }, 'a'],
  ['less or equal', { where: [{ field: 'version', op: 'le', value: 2 }] }, 'ab'],
  ['greater', { where: [{ field: 'version', op: 'gt', value: 2 }] }, 'c'],
  ['greater or equal, by number and not by text', { where: [{ field: 'version', op: 'ge', value: 2 }] }, 'bc'],
  [
    'dates in a window',
    {
      where: [
        { field: 'lastUpdated', op: 'ge', value: day(2) },
        { field: 'lastUpdated', op: 'lt', value: day(4) },
      ],
    },
    'b',
  ],
  ['one of a list of texts', { where: [{ field: 'type', op: 'in', value: ['O', 'X'] }] }, 'cd'],
  ['one of a list of numbers', { where: [{ field: 'version', op: 'in', value: [1, 10, 3] }] }, 'ac'],
  ['one of an empty list', { where: [{ field: 'type', op: 'in', value: [] }] }, ''],
  ['a field that is there', { where: [{ field: 'version', op: 'exists', value: true }] }, 'abc'],
  ['a field that is missing', { where: [{ field: 'version', op: 'exists', value: false }] }, 'defg'],
  ['low at least', { ranges: [[{ field: 'span', lowGe: 10 }]] }, 'ef'],
  ['low above', { ranges: [[{ field: 'span', lowGt: 10 }]] }, 'f'],
  ['low at most', { ranges: [[{ field: 'span', lowLe: 0 }]] }, 'fg'],
  ['low below', { ranges: [[{ field: 'span', lowLt: 0 }]] }, 'g'],
  ['high at least', { ranges: [[{ field: 'span', highGe: 20 }]] }, 'ef'],
  ['high above', { ranges: [[{ field: 'span', highGt: 20 }]] }, 'f'],
  ['high at most', { ranges: [[{ field: 'span', highLe: 15 }]] }, 'fg'],
  ['high below', { ranges: [[{ field: 'span', highLt: 15 }]] }, 'f'],
  ['one interval must satisfy every bound', { ranges: [[{ field: 'span', lowGe: 0, highLe: 20 }]] }, 'ef'],
  ['bounds that only two intervals together satisfy', { ranges: [[{ field: 'span', lowGe: 30, highLe: 5 }]] }, ''],
  ['overlap', { ranges: [[{ field: 'span', lowLt: 12, highGt: 11 }]] }, 'eg'],
  ['not in a range; rows without the field included', { ranges: [[{ field: 'span', lowGe: 10, not: true }]] }, 'abcdg'],
  [
    'a range alternative',
    {
      ranges: [
        [
          { field: 'span', lowLt: 0 },
          { field: 'span', highGe: 40 },
        ],
      ],
    },
    'fg',
  ],
  [
    'a not-term as an alternative',
    {
      ranges: [
        [
          { field: 'span', lowLt: 0 },
          { field: 'span', lowGe: 0, not: true },
        ],
      ],
    },
    'abcdg',
  ],
  ['two range terms', { ranges: [[{ field: 'span', lowLe: 0 }], [{ field: 'span', highGe: 40 }]] }, 'f'],
  ['a range of a field that no row has', { ranges: [[{ field: 'other', lowGe: 0 }]] }, ''],
  ['a range term without bounds: the field is there', { ranges: [[{ field: 'span' }]] }, 'efg'],
  [
    'everything at once',
    {
      all: [[k('red'), k('blue')]],
      none: [k('big')],
      prefix: [[`${tag}/`]],
      where: [{ field: 'version', op: 'ge', value: 2 }],
      ranges: [[{ field: 'span', lowGe: 0, not: true }]],
    },
    'bc',
  ],
];

/** Every form of a query, alone and in combination. */
export function queriesContract(store: () => Store): void {
  describe('queries', () => {
    const collection: CollectionName = 'resources';
    beforeAll(async () => {
      // Rows of another owner, so that a term alone must not find them.
      await store().commit({
        puts: [...ROWS, textPut(collection, `other-${tag}`, { keys: ['other'], ordered: ['zhang'] })],
      });
    });
    const tagged = (query: Query): Query => ({ ...query, all: [tag, ...(query.all ?? [])] });

    test.each(CASES)('%s', async (_name, query, expected) => {
      const page = await store().find(collection, tagged(query));
      expect(
        idsOf(page)
          .map((id) => id.slice(tag.length + 1))
          .join(''),
      ).toBe(expected);
      expect(page.next).toBeUndefined();
      expect(await store().count(collection, tagged(query))).toBe(expected.length);
    });

    const alone = CASES.filter(([, query]) => query.all !== undefined || query.prefix !== undefined);
    test.each(alone)('%s, with no other term to start from', async (_name, query, expected) => {
      const page = await store().find(collection, query);
      expect(
        idsOf(page)
          .map((id) => id.slice(tag.length + 1))
          .join(''),
      ).toBe(expected);
    });

    test('rows of another collection with the same key are not found', async () => {
      const key = fresh('key');
      await store().commit({ puts: [textPut('links', key, { keys: [key], ordered: [key] })] });
      expect(await store().count('resources', { all: [key] })).toBe(0);
      expect(await store().count('resources', { prefix: [[key]] })).toBe(0);
    });

    test('keys that a row no longer has do not find it; those that it keeps do', async () => {
      const [id, one, two, three] = [fresh(), fresh('key'), fresh('key'), fresh('key')];
      const put = (names: readonly string[], span: number) =>
        textPut('links', id, { keys: names, ordered: names, fields: { span: [[span, span + 1]] } });
      await store().commit({ puts: [put([one, two], 1)] });
      await store().commit({ puts: [put([two, three], 5)] });
      const found = [];
      for (const key of [one, two, three]) {
        found.push(await store().count('links', { all: [key] }), await store().count('links', { prefix: [[key]] }));
      }
      expect(found).toEqual([0, 0, 1, 1, 1, 1]);
      expect(await store().count('links', { all: [two], ranges: [[{ field: 'span', lowLt: 5 }]] })).toBe(0);
      expect(await store().count('links', { all: [two], ranges: [[{ field: 'span', lowGe: 5 }]] })).toBe(1);
    });

    test.each<[string, Query]>([
      ['a value of another kind', { where: [{ field: 'version', op: 'eq', value: '1' }] }],
      ['an undeclared field', { where: [{ field: 'nope', op: 'eq', value: 1 }] }],
      ['a page of no rows', { limit: 0 }],
      ['a page of too many rows', { limit: 10_001 }],
      ['a cursor that is none', { after: 'nonsense' }],
      ['a cursor of another order', { after: Buffer.from('[1,2,"a"]').toString('base64url') }],
    ])('refuses %s', async (_name, query) => {
      await expect(store().find(collection, query)).rejects.toThrow(JingluoError);
    });
  });
}
