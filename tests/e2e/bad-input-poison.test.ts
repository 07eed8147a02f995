import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { ChildEngine, waitFor } from './bad-input/engine.ts';
import { RawPeer } from './channels-support.ts';
import { frameBytes } from '../../src/hl7/mllp-frames.ts';
import { exchange, good, leaks, msh, othersAreServed, pid, verdict } from './bad-input/messages.ts';

let engine: ChildEngine;

beforeAll(async () => {
  engine = await ChildEngine.start();
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** Takes the engine long enough that it can be killed in the middle. */
const results = Array.from({ length: 8_000 }, (_, n) => `OBX|${n}|NM|C${n}^T^L||${n}|mmol|||||F\r`).join('');
const LONG = `${msh('POISON', 'ORU^R01')}${pid('1')}OBR|1|O1|F1|GLU^x^L|||20261121\r${results}`;

test('the message during which the engine is killed three times is a dead letter; everything else is done', async () => {
  const sender = await RawPeer.connect(engine.port());
  await sender.write(Buffer.concat([frameBytes(Buffer.from(LONG)), frameBytes(Buffer.from(good('AFTER')))]));
  await waitFor('both to be kept', async () => (await engine.entry('AFTER')) !== undefined);
  for (const crashes of [0, 1, 2]) {
    await waitFor('its turn', async () => (await engine.entry('POISON'))?.crashes === crashes, 30_000);
    expect((await engine.entry('POISON'))?.state).toBe('stored');
    await engine.kill();
    engine.launch();
  }
  await engine.ready();
  expect(await engine.processed('POISON')).toMatchObject({ state: 'failed', problems: [{ code: 'pipeline.poison' }] });
  expect((await engine.processed('AFTER')).state).toBe('done');
  // Its sender repeats what it may not have got an answer to; others are served.
  expect(verdict(await exchange(engine.port(), LONG))).toBe('AE pipeline.poison');
  expect(await othersAreServed(engine)).toBe(true);
  expect(leaks(engine)).toEqual([]);
}, 150_000);
