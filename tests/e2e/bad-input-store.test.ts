import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ChildEngine, waitFor } from './bad-input/engine.ts';
import { exchange, good, leaks, verdict } from './bad-input/messages.ts';

// A store that cannot keep anything: no answer, an alarm that is clear, and nobody has to do anything afterwards.

let engine: ChildEngine;

beforeAll(async () => {
  engine = await ChildEngine.start();
}, 60_000);
afterAll(async () => {
  await engine.close();
});

const file = (name: string): string => path.join(engine.folder, 'data', name);
const send = async (control: string, padding = 0): Promise<string> =>
  verdict(await exchange(engine.port(), `${good(control)}NTE|1||${'x'.repeat(padding)}\r`));

/** What an operator sees while nothing can be kept, and that it ends by itself. */
async function alarmed(): Promise<void> {
  await waitFor('/ready to say no', async () => (await engine.status('/ready')) === 503);
  expect(await engine.status('/health')).toBe(200);
  expect(await engine.metric('jingluo_store_writable')).toBe(0);
  expect(await engine.metric('jingluo_intake_unavailable_total')).toBeGreaterThan(0);
  expect(engine.log).toContain('store.write-failed');
  expect(engine.log).toContain('intake.refused');
}

async function recovered(control: string): Promise<void> {
  await waitFor('the store to take messages again', async () => (await send(control)) === 'AA');
  expect((await engine.processed(control)).state).toBe('done');
  await waitFor('/ready to say yes', async () => (await engine.status('/ready')) === 200);
  expect(engine.log).toContain('store.recovered');
  expect(engine.isAlive).toBe(true);
  expect(leaks(engine)).toEqual([]);
}

test('a store that is gone: silence and a closed connection, then everything works again', async () => {
  expect(await send('FIRST')).toBe('AA');
  await engine.processed('FIRST');
  renameSync(file('jingluo.db'), file('elsewhere.db'));
  expect(await send('GONE')).toBe('closed');
  await alarmed();
  renameSync(file('elsewhere.db'), file('jingluo.db'));
  await recovered('GONE');
}, 60_000);

/** Files of the process may grow to so many bytes; the operating system then answers as a full disk does. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(engine.pid), `--fsize=${bytes}:`]);
}

const onLinux = existsSync('/usr/bin/prlimit') ? describe : describe.skip;

onLinux('a full disk', () => {
  test('no answer for what cannot be kept; what was answered is there', async () => {
    const sizes = ['jingluo.db', 'jingluo.db-wal'].map(
      (name) => statSync(file(name), { throwIfNoEntry: false })?.size ?? 0,
    );
    limitFiles(Math.max(...sizes) + 500_000);
    const acknowledged: string[] = [];
    let last = 'AA';
    for (let n = 0; last === 'AA' && n < 50; n += 1) {
      last = await send(`FULL${n}`, 100_000);
      if (last === 'AA') acknowledged.push(`FULL${n}`);
    }
    expect(last).toBe('closed');
    await alarmed();
    limitFiles('unlimited');
    await recovered('ROOM');
    for (const control of acknowledged) expect((await engine.processed(control)).state).toBe('done');
  }, 90_000);
});
