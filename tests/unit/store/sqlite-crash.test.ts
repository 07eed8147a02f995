import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import type { Store } from '../../../src/store/port.ts';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import { allPages } from '../../contract/store/opened.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const child = path.join(import.meta.dirname, 'support/committing-child.ts');
const register = path.join(root, 'scripts/ts-register.mjs');

/** Runs the child until it has acknowledged so many commits, kills it and tells what it acknowledged. */
async function killed(file: string, life: string, commits: number): Promise<string[]> {
  const running = spawn(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--import',
    register,
    child,
    file,
    life,
  ]);
  let output = '';
  running.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
    if (output.split('\n').length > commits) running.kill('SIGKILL');
  });
  await once(running, 'close');
  // A line that was cut was written all the same: its commit had been acknowledged.
  return output.split('\n').slice(0, -1);
}

/** Every commit is whole: the three rows and all their keys, or none of them. */
async function tornCommits(store: Store, life: string): Promise<string[]> {
  const journal = await allPages(store, 'journal', { all: [`all-${life}`], limit: 10_000 });
  const ids = journal.map(({ id }) => id);
  const messages = await store.getMany('messages', ids);
  const torn = ids.filter((_, index) => messages[index] === undefined);
  for (let lane = 0; lane < 8; lane += 1) {
    const last = ids.filter((id) => id.startsWith(`${life}-${lane}-`)).length - 1;
    const id = `${life}-${lane}-${last}`;
    const row = await store.get('links', `last-${lane}`);
    const found = await store.count('links', { all: [id], prefix: [[id]] });
    if (last >= 0 && (row?.body !== `"${id}"` || found !== 1)) torn.push(id);
  }
  return torn;
}

test('kill -9: every acknowledged commit is there, none is torn, the file opens at once', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-crash-'));
  const file = path.join(folder, 'store.db');
  for (const [life, commits] of [
    ['a', 40],
    ['b', 400],
    ['c', 900],
  ] as const) {
    const acknowledged = await killed(file, life, commits);
    expect(acknowledged.length).toBeGreaterThanOrEqual(commits);
    const store = await openSqlite({ file }, systemClock);
    const rows = await store.getMany('journal', acknowledged);
    expect(acknowledged.filter((_, index) => rows[index] === undefined)).toEqual([]);
    expect(await tornCommits(store, life)).toEqual([]);
    await store.close();
  }
  rmSync(folder, { recursive: true });
});
