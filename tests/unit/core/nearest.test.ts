import { expect, test } from '@jest/globals';

import { didYouMean } from '../../../src/core/nearest.ts';

test.each([
  ['gendr', ['gender', 'birthDate'], ' (did you mean "gender"?)'],
  ['prot', ['port', 'host'], ' (did you mean "port"?)'],
  ['Gender', ['gender'], ' (did you mean "gender"?)'],
  ['xyz', ['gender', 'birthDate'], ''],
  ['a', [], ''],
])('%s among %p', (name, names, expected) => {
  expect(didYouMean(name, names)).toBe(expected);
});
