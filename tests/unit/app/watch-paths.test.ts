import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { changesIn } from '../../../src/app/watch-paths.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-watch-'));
  await writeFile(path.join(folder, 'a.hl7'), '1');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a file that is written in place, and one that an editor puts there, are changes; others are not', async () => {
  const stop = new AbortController();
  const file = path.join(folder, 'a.hl7');
  const changes = changesIn([file], stop.signal)[Symbol.asyncIterator]();
  const first = changes.next();
  await writeFile(path.join(folder, 'b.hl7'), '1');
  await writeFile(file, '2');
  expect(await first).toEqual({ done: false, value: 1 });
  const second = changes.next();
  await writeFile(path.join(folder, 'a.new'), '3');
  await rename(path.join(folder, 'a.new'), file);
  expect(await second).toEqual({ done: false, value: 2 });
  const last = changes.next();
  stop.abort();
  expect((await last).done).toBe(true);
});
