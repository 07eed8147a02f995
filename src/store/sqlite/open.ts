import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { silentLog } from '../../core/log.ts';
import { noMetrics } from '../../core/metrics.ts';
import type { Store } from '../port.ts';
import { StoreClock } from '../store-clock.ts';
import { StoreUnavailable } from '../unavailable.ts';
import type { Open } from './binding.ts';
import { loadBinding } from './binding.ts';
import { Reader } from './reader.ts';
import { readMeta } from './schema.ts';
import { SqliteStore } from './store.ts';
import type { Observed } from './writer-health.ts';
import { WriterThread } from './writer-thread.ts';
import { lastingWriter, noWriter } from './writer.ts';

/** How a store file is opened. */
export interface SqliteSettings {
  /** Absolute path; made with its folder where missing. */
  readonly file: string;
  /** Beside a process that writes the file. Then nothing can be committed or claimed, and `watch` tells nothing. */
  readonly readOnly?: boolean;
  /** Pages of 4 KiB that the file may have; 0 for no limit. */
  readonly maxPages?: number;
}

const BUSY_MS = 5_000;

/**
 * Opens a store file and brings its schema up to date.
 * @throws JingluoError `store.locked`, `store.schema-newer`; StoreUnavailable where the file cannot be opened
 */
export async function openSqlite(
  settings: SqliteSettings,
  clock: Clock,
  observed: Observed = { log: silentLog, metrics: noMetrics },
): Promise<Store> {
  const { file, readOnly = false, maxPages = 0 } = settings;
  const open = await loadBinding();
  if (readOnly) {
    const { reader, lastTime } = openReader(open, file);
    return new SqliteStore({ reader, writer: noWriter, clock: new StoreClock(clock, lastTime) });
  }
  mkdirSync(path.dirname(file), { recursive: true });
  // Set once the file tells which time it has seen; the writer asks for the time only after that.
  let storeClock = new StoreClock(clock);
  const start = (): Promise<WriterThread> =>
    WriterThread.start({ file, maxPages }, () => storeClock.millis(), observed);
  const thread = await start();
  const { reader, lastTime } = openReader(open, file);
  storeClock = new StoreClock(clock, lastTime);
  return new SqliteStore({ reader, writer: lastingWriter(thread, start), clock: storeClock });
}

function openReader(open: Open, file: string): { readonly reader: Reader; readonly lastTime: number } {
  try {
    const db = open(file, { readOnly: true, busyMs: BUSY_MS });
    db.exec('PRAGMA cache_size = -16000');
    const lastTime = Number(readMeta(db, 'clock') ?? 0);
    return { reader: new Reader(db), lastTime };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailable(`${file}: ${reason}`, { cause: error });
  }
}
