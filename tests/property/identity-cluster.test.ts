import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { cluster, type CannotLink, type ClusterEdge, type ClusterRecord } from '../../src/identity/cluster.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const rank = fc.constantFrom('human', 'adt', 'score');
const twoIds = fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)).filter(([a, b]) => a !== b);

const record = (id: string): fc.Arbitrary<ClusterRecord> =>
  fc.record({ id: fc.constant(id), idNumbers: fc.constantFrom<readonly string[]>([], [], ['x'], ['y']) });

const edge: fc.Arbitrary<ClusterEdge> = fc
  .tuple(twoIds, rank, fc.nat(2), fc.boolean())
  .map(([[a, b], kind, score, automatic]) => ({
    a,
    b,
    rank: kind,
    score,
    pointers: kind === 'score' ? [a, b] : kind === 'adt' && automatic ? [a] : [],
  }));

const cannotLink: fc.Arbitrary<CannotLink> = fc.tuple(twoIds, rank).map(([[a, b], kind]) => ({ a, b, rank: kind }));

/** One edge and one cannot-link for each pair at most, as the record keeps them. */
const world = fc.record({
  records: fc.tuple(...ids.map(record)),
  edges: fc.uniqueArray(edge, { maxLength: 10, selector: ({ a, b }) => [a, b].sort().join('') }),
  cannot: fc.uniqueArray(cannotLink, { maxLength: 4, selector: ({ a, b }) => [a, b].sort().join('') }),
});

const personOf = (persons: readonly (readonly string[])[], id: string): readonly string[] | undefined =>
  persons.find((members) => members.includes(id));

test('persons are a function of what is known, not of its order', () => {
  fc.assert(
    fc.property(world, fc.nat(), ({ records, edges, cannot }, turn) => {
      const rotate = <T>(list: readonly T[]): readonly T[] => {
        const at = list.length === 0 ? 0 : turn % list.length;
        return [...list.slice(at), ...list.slice(0, at)].reverse();
      };
      const flipped = rotate(edges).map((one) => ({ ...one, a: one.b, b: one.a }));
      const given = cluster(records, edges, cannot);
      const turned = cluster(rotate(records), flipped, rotate(cannot));
      expect(turned.persons).toEqual(given.persons);
      expect(turned.blocked).toHaveLength(given.blocked.length);
    }),
  );
});

test('each record is in exactly one person, and no person holds two valid ID numbers', () => {
  fc.assert(
    fc.property(world, ({ records, edges, cannot }) => {
      const { persons } = cluster(records, edges, cannot);
      expect(persons.flat().sort()).toEqual(ids);
      for (const members of persons) {
        const numbers = records.filter(({ id }) => members.includes(id)).flatMap(({ idNumbers }) => idNumbers);
        expect(new Set(numbers).size).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('what a clerk told apart is apart, whatever else is known', () => {
  fc.assert(
    fc.property(world, twoIds, ({ records, edges, cannot }, [a, b]) => {
      const { persons } = cluster(records, edges, [...cannot, { a, b, rank: 'human' }]);
      expect(personOf(persons, a)).not.toBe(personOf(persons, b));
    }),
  );
});

test('a merge that is revoked leaves the persons as they were', () => {
  fc.assert(
    fc.property(world, twoIds, ({ records, edges, cannot }, [a, b]) => {
      const before = cluster(records, edges, cannot);
      const merged = cluster(records, [...edges, { a, b, rank: 'human', score: 1, pointers: [] }], cannot);
      const after = cluster(records, edges, cannot);
      expect(after).toEqual(before);
      expect(merged.persons.flat()).toHaveLength(ids.length);
    }),
  );
});

test('a confirmed merge of two ID numbers joins them, an unconfirmed one is kept back by G9', () => {
  const records = [
    { id: 'a', idNumbers: ['x'] },
    { id: 'b', idNumbers: ['y'] },
  ];
  const same: ClusterEdge = { a: 'a', b: 'b', rank: 'human', score: 1, pointers: [] };
  expect(cluster(records, [same], []).blocked).toMatchObject([{ guard: 'G9' }]);
  expect(cluster(records, [{ ...same, confirmed: [['x', 'y']] }], []).persons).toEqual([['a', 'b']]);
});

test('G10: a record that points at two which nothing joins is linked to neither', () => {
  const records = ['a', 'b', 'r'].map((id) => ({ id, idNumbers: [] }));
  const to = (end: string): ClusterEdge => ({ a: 'r', b: end, rank: 'adt', score: 0, pointers: ['r'] });
  expect(cluster(records, [to('a'), to('b')], [])).toMatchObject({
    persons: [['a'], ['b'], ['r']],
    blocked: [{ guard: 'G10' }, { guard: 'G10' }],
  });
  const joined: ClusterEdge = { a: 'a', b: 'b', rank: 'adt', score: 1, pointers: [] };
  expect(cluster(records, [to('a'), to('b'), joined], []).persons).toEqual([['a', 'b', 'r']]);
});
