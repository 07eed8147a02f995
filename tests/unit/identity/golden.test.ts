import { describe, expect, test } from '@jest/globals';

import { goldenList, goldenValue, type Claim } from '../../../src/identity/golden.ts';

const claim = (rec: string, value: unknown, more: Partial<Claim> = {}): Claim => ({
  rec,
  value,
  at: 0,
  validated: false,
  live: true,
  detail: 0,
  rank: 1,
  ...more,
});

describe('survivorship', () => {
  test.each([
    ['valid-id-number', claim('b', 2, { validated: true, rank: 9 }), claim('a', 1, { at: 9 })],
    ['not-retired', claim('b', 2), claim('a', 1, { live: false, at: 9 })],
    ['fuller', claim('b', 2, { detail: 1, rank: 9 }), claim('a', 1)],
    ['source-rank', claim('b', 2), claim('a', 1, { rank: 2, at: 9 })],
    ['most-recent', claim('b', 2, { at: 9 }), claim('a', 1)],
    ['oldest-record', claim('b', 2), claim('a', 1)],
  ])('%s', (why, winner, loser) => {
    const claims = why === 'oldest-record' ? [winner, loser] : [loser, winner];
    expect(goldenValue(claims)).toMatchObject({ value: 2, from: { rec: 'b', why, differ: [{ rec: 'a', v: 1 }] } });
  });

  test('the most frequent value wins among equals, and who agrees is named', () => {
    const golden = goldenValue([claim('a', 1), claim('b', 2), claim('c', 2)]);
    expect(golden).toMatchObject({ value: 2, from: { rec: 'b', why: 'most-frequent', agree: ['c'] } });
  });

  test('nobody claims anything', () => {
    expect(goldenValue([])).toBeUndefined();
  });
});

test('a list has every entry once, better sources first', () => {
  const entries = goldenList([claim('a', 'x', { rank: 2 }), claim('b', 'y'), claim('c', 'y')], String);
  expect(entries.map(({ value }) => value)).toEqual(['y', 'x']);
});
