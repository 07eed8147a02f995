import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that speaks MongoDB's protocol, or why there is none. */
export type MongoServer = { readonly url: string } | { readonly missing: string };

/** Long enough to install the server into its virtual environment. */
const START_MS = 180_000;
const SCRIPT = path.resolve(import.meta.dirname, '..', '..', 'scripts', 'mongo-test-server.mjs');

/**
 * The server of this test run: the first suite that asks starts it, all others share it, and it stops by itself when
 * the run ends (scripts/mongo-test-server.mjs). In CI (`CI=true`) a machine without any fails the suite.
 */
export async function mongoServer(): Promise<MongoServer> {
  const given = process.env['JINGLUO_TEST_MONGODB_URL'];
  if (given !== undefined && given !== '') return { url: given };
  const line = await firstLine(path.join(tmpdir(), `jingluo-mongo-of-${runId()}`));
  if (line.startsWith('mongodb')) return { url: line };
  const missing = line.replace(/^none: /, '');
  if (process.env['CI'] === 'true') throw new TypeError(`CI needs a MongoDB server, but ${missing}.`);
  return { missing };
}

/** The process of the whole run: suites run in it, or in workers that are its children. */
function runId(): number {
  return process.argv[1]?.includes('processChild') === true ? process.ppid : process.pid;
}

async function firstLine(folder: string): Promise<string> {
  const output = path.join(folder, 'output');
  if (claimed(folder)) {
    const file = openSync(output, 'w');
    const child = spawn(process.execPath, [SCRIPT, '--parent', String(runId()), '--folder', folder], {
      detached: true,
      stdio: ['ignore', file, file],
    });
    child.unref();
  }
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
    await sleep(50);
  }
  return 'none: the server did not say where it listens';
}

/** True for the one process that made the folder and must start the server. */
function claimed(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
