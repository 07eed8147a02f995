import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { jingluo, jingluoJson, writeSite } from './cli-support.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-cli-demo-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('demo --once plays the day with the expected answers and ends', async () => {
  const lines = await jingluoJson('demo', '--once', '--free-ports', '--data', path.join(folder, 'data'));
  const rows = lines.filter(({ n }) => n !== undefined);
  expect(rows).toHaveLength(63);
  expect(rows.filter(({ code, expected }) => code !== expected)).toEqual([]);
  expect(lines.at(-1)).toMatchObject({
    played: 63,
    safety: { dead: 0, optedOut: 0, unconsented: 0, night: 0, twice: 0 },
  });
});

test('demo refuses the configuration of a real site', async () => {
  const { code, err } = await jingluo('demo', '--once', '--config', await writeSite(folder), '--data', folder);
  expect(code).toBe(2);
  expect(err).toContain('config.not-a-demo');
});
