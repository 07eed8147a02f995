import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import type { Put, Query, Store } from '../../../src/store/port.ts';
import { allPages, fresh, idsOf } from './opened.ts';

const KEYS = ['k1', 'k2', 'k3', 'k4'];
const WORDS = ['a', 'ab', 'abc', 'b', '张', '张三', 'B', '😀', '\uffee'];
const word = fc.constantFrom(...WORDS);
const small = fc.integer({ min: -2, max: 4 });
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Drops what is undefined: the port's optional properties are absent, never undefined. */
const present = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as never;

const fields = fc
  .record({
    type: optional(word),
    version: optional(small),
    lastUpdated: optional(small.map((ms) => new Date(ms))),
    span: optional(fc.array(fc.tuple(small, small), { maxLength: 3 })),
    birth: optional(fc.array(fc.tuple(small, small), { maxLength: 1 })),
  })
  .map(present);

const rows = fc.array(
  fc.record({
    keys: fc.uniqueArray(fc.constantFrom(...KEYS)),
    ordered: fc.uniqueArray(word, { maxLength: 3 }),
    fields,
  }),
  { minLength: 1, maxLength: 14 },
);

const compared = fc.constantFrom('eq' as const, 'lt' as const, 'le' as const, 'gt' as const, 'ge' as const);
const where = fc.oneof(
  fc.record({ field: fc.constant('type'), op: compared, value: word }),
  fc.record({ field: fc.constant('version'), op: compared, value: small }),
  fc.record({ field: fc.constant('lastUpdated'), op: compared, value: small.map((ms) => new Date(ms)) }),
  fc.record({ field: fc.constant('type'), op: fc.constant('in' as const), value: fc.array(word, { maxLength: 3 }) }),
  fc.record({ field: fc.constantFrom('type', 'version'), op: fc.constant('exists' as const), value: fc.boolean() }),
);

const range = fc
  .record({
    field: fc.constantFrom('span', 'birth'),
    lowGe: optional(small),
    lowGt: optional(small),
    lowLe: optional(small),
    lowLt: optional(small),
    highGe: optional(small),
    highGt: optional(small),
    highLe: optional(small),
    highLt: optional(small),
    not: optional(fc.boolean()),
  })
  .map(present);

const order = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom('type', 'version', 'lastUpdated', 'span'),
    descending: fc.boolean(),
  }),
  { maxLength: 2, selector: ({ field }) => field },
);

const key = fc.constantFrom(...KEYS);
const query = fc.record({
  all: fc.array(fc.oneof(key, fc.array(key, { maxLength: 3 })), { maxLength: 2 }),
  none: fc.array(key, { maxLength: 1 }),
  prefix: fc.array(fc.array(fc.constantFrom('', ...WORDS), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  where: fc.array(where, { maxLength: 2 }),
  ranges: fc.array(fc.array(range, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  order,
  limit: fc.integer({ min: 1, max: 5 }),
});

/** Any query over any rows: every driver answers as the memory driver does. */
export function sameAnswersContract(store: () => Store): void {
  describe('any query', () => {
    test('finds what the memory driver finds, in its order and pages', async () => {
      await fc.assert(
        fc.asyncProperty(rows, fc.array(query, { minLength: 4, maxLength: 6 }), async (written, queries) => {
          const tag = fresh('t');
          const puts: Put[] = written.map((row, index) => ({
            ...row,
            collection: 'resources',
            id: `${tag}/${index}`,
            body: '{}',
            keys: [tag, ...row.keys.map((name) => tag + name)],
            ordered: row.ordered.map((name) => tag + name),
          }));
          const memory = openMemoryStore();
          await memory.commit({ puts });
          await store().commit({ puts });
          for (const asked of queries) {
            const own = tagQuery(tag, asked);
            const expected = await allPages(memory, 'resources', own);
            expect(idsOf({ rows: await allPages(store(), 'resources', own) })).toEqual(idsOf({ rows: expected }));
            expect(await store().count('resources', own)).toBe(expected.length);
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}

function tagQuery(tag: string, asked: typeof query extends fc.Arbitrary<infer Q> ? Q : never): Query {
  return {
    ...asked,
    all: [tag, ...asked.all.map((term) => (typeof term === 'string' ? tag + term : term.map((name) => tag + name)))],
    none: asked.none.map((name) => tag + name),
    prefix: asked.prefix.map((names) => names.map((name) => tag + name)),
  };
}
