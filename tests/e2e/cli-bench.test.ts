import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { adt, jingluo, jingluoJson, writeSite } from './cli-support.ts';

let folder: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-cli-bench-'));
  config = await writeSite(folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('bench measures synthetic messages on every number of connections and leaves nothing behind', async () => {
  const figures = await jingluoJson('bench', '--config', config, '--messages', '10', '--connections', '1,2');
  const round = {
    messages: 10,
    perSecond: expect.any(Number),
    ackP50Ms: expect.any(Number),
    ackP99Ms: expect.any(Number),
    cpuMs: expect.any(Number),
    refused: {},
  };
  expect(figures).toEqual([
    { connections: 1, ...round },
    { connections: 2, ...round },
    {
      // With those that warmed the engine up.
      messages: 30,
      rssMiB: expect.any(Number),
      storedPerByte: expect.any(Number),
      notDone: 0,
      machine: expect.stringContaining('Node'),
    },
  ]);
  expect(await readdir(folder)).toEqual(['jingluo.yaml']);
});

test('bench of files takes their messages again and again, none as a re-send, and tells what was refused', async () => {
  const file = path.join(folder, 'feed.hl7');
  await writeFile(file, adt('C1', 'K1') + adt('C2', 'K2', { event: 'ADT^Z98^ADT_Z98' }));
  const { code, out, err } = await jingluo(
    ...['bench', file, '--config', config, '--messages', '4', '--connections', '1'],
  );
  expect({ code, refused: out.includes('2 answered AE mapping.unknown-event') }).toEqual({ code: 1, refused: true });
  expect(out).toMatch(/^8 messages, RSS at most \d+ MiB, .*; 4 failed or held$/m);
  expect(err).toContain('1 connection …');
});

test('bench of a channel that is not configured says so', async () => {
  const { code, err } = await jingluo('bench', '--config', config, '--channel', 'hiss');
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('did you mean "his"') });
});
