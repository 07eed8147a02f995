import { expect, test } from '@jest/globals';
import { hashInteger, hashOrder, keyHasher } from '../../../src/store/sqlite/key-hash.ts';

const SEED = '00112233445566778899aabbccddeeff';
const resources = keyHasher(SEED, 'resources', 2);
const sources = keyHasher(SEED, 'sources', 2);
/** The part of a hash that decides where its key lies. */
const hood = (hashed: string): bigint => hashInteger(hashed) >> 46n;

test.each([
  ['one number', ['Patient\u0001identifier\u0001urn:x\u0001P1', 'Patient\u0001identifier\u0001\u0001P1']],
  ['one person', ['Condition\u0001subject\u0001\u0001Patient/0a-1', '@\u00010a-1\u0001Observation']],
  ['one message', ['@source\u0001ab12', 'ctl|ab12']],
  ['a code without digits', ['Encounter\u0001class\u0001\u0001IMP', 'class|IMP']],
])('keys about %s lie together and stay different', (_name, keys) => {
  const hashes = keys.map((key) => resources(key));
  expect(new Set(hashes.map(hood)).size).toBe(1);
  expect(new Set(hashes).size).toBe(keys.length);
});

test('collections share the place, not the hash', () => {
  const [one, other] = [resources('Patient\u0001identifier\u0001\u0001P1'), sources('num:["HIS","MR","P1"]')];
  expect(hood(one)).toBe(hood(other));
  expect(resources('same 1')).not.toBe(sources('same 1'));
});

test('different numbers are spread over all places, and their order is that of the integers', () => {
  const hashes = Array.from({ length: 5_000 }, (_, index) => resources(`Patient\u0001identifier\u0001\u0001P${index}`));
  // 5,000 numbers on 262,144 places: about 47 pairs share one.
  expect(new Set(hashes.map(hood)).size).toBeGreaterThan(4_850);
  const sorted = [...hashes].sort((a, b) => hashOrder(a) - hashOrder(b)).map(hood);
  expect(sorted).toEqual([...sorted].sort((a, b) => Number(a - b)));
});
