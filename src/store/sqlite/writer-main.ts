import { statSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { JingluoError } from '../../core/problem.ts';
import type { Connection } from './binding.ts';
import { loadBinding } from './binding.ts';
import { GroupWriter } from './group.ts';
import { lockFile } from './lock.ts';
import { migrate } from './schema.ts';
import type { FromWriter, Outcome, ToWriter, WriterSettings } from './wire.ts';

// The thread that holds the only writing connection. It answers every `work` with its outcomes, in order.

/**
 * Pages of the log after which it is copied into the file (32 MiB). Only this connection does so. The longer the log,
 * the more of its pages are newer versions of each other and copied once: admissions cost the writer a quarter to a
 * third less than with 2,000.
 */
const CHECKPOINT_PAGES = 8_000;
/** How long to wait for readers of another process when the file is opened, milliseconds. */
const BUSY_MS = 5_000;

interface Opened {
  readonly db: Connection;
  readonly group: GroupWriter;
  readonly inode: number;
  readonly unlock: () => void;
}

async function open({ file, maxPages }: WriterSettings): Promise<Opened> {
  const binding = await loadBinding();
  const unlock = lockFile(binding, file);
  try {
    const db = binding(file, { readOnly: false, busyMs: BUSY_MS });
    db.prepare('PRAGMA journal_mode = WAL').get([]);
    db.exec('PRAGMA synchronous = FULL');
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    db.exec('PRAGMA journal_size_limit = 67108864');
    db.exec('PRAGMA cache_size = -32000');
    migrate(db);
    if (maxPages > 0) db.prepare(`PRAGMA max_page_count = ${maxPages}`).get([]);
    return { db, group: new GroupWriter(db), inode: statSync(file).ino, unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Work on a file that was removed or replaced would be lost when the process ends: it is refused. */
function stillThere(file: string, inode: number): boolean {
  return statSync(file, { throwIfNoEntry: false })?.ino === inode;
}

function work(opened: Opened, settings: WriterSettings, message: ToWriter & { 0: 'work' }): Outcome[] {
  const [, now, jobs] = message;
  if (!stillThere(settings.file, opened.inode)) return jobs.map(() => ['failed', 'its file was removed or replaced']);
  return opened.group.run(jobs, now);
}

async function main(port: MessagePort, settings: WriterSettings): Promise<void> {
  const send = (message: FromWriter): void => {
    port.postMessage(message);
  };
  let opened: Opened;
  try {
    opened = await open(settings);
  } catch (error) {
    const [first] = error instanceof JingluoError ? error.problems : [];
    const message = first?.message ?? `${settings.file}: ${error instanceof Error ? error.message : String(error)}`;
    send(['refused', first?.code ?? 'store.unavailable', message]);
    port.close();
    return;
  }
  const { db, unlock } = opened;
  send(['ready']);
  port.on('message', (message: ToWriter) => {
    if (message[0] === 'work') {
      send(['outcomes', work(opened, settings, message)]);
      return;
    }
    db.close();
    unlock();
    port.close();
  });
}

// Started by `WriterThread` alone, which gives it these settings.
if (parentPort !== null) await main(parentPort, workerData as WriterSettings);
