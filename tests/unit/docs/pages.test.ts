import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { generatedPages } from '../../../src/app/docs/pages.ts';
import { HOME } from '../../../src/app/home.ts';
import { PROBLEMS } from '../../../src/core/problems/index.ts';

test.each([...generatedPages()])('%s says what the code says (npm run docs)', (file, text) => {
  expect(readFileSync(path.join(HOME, file), 'utf8')).toBe(text);
});

test('every code of docs/errors.md is in the catalogue, and the other way round', () => {
  const page = readFileSync(path.join(HOME, 'docs', 'errors.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code);
  expect(documented.toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
});
