import { ChangeFeed } from '../change-feed.ts';
import { checkChanges, checkQuery } from '../check.ts';
import type { CollectionName } from '../collections.ts';
import type { Change, ChangeSet, Committed, Conflict, Page, Query, Row, Store } from '../port.ts';
import type { StoreClock } from '../store-clock.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { decodeRow } from './codec.ts';
import { LAYOUTS, layoutOf } from './layout.ts';
import type { Reader } from './reader.ts';
import { Turns } from './turns.ts';
import type { Job, Outcome } from './wire.ts';
import { encodeCommit } from './wire.ts';
import type { Writer } from './writer.ts';
import { noWriter } from './writer.ts';

/** The parts of an open file. */
export interface SqliteParts {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly clock: StoreClock;
}

/** The embedded store: one file, one process. Reads are done in this thread, writes in one of their own. */
export class SqliteStore implements Store {
  readonly #parts: SqliteParts;
  readonly #feed = new ChangeFeed();
  // Messages that wait for the same group go on in the same turn: their reads share one moment of the file.
  readonly #turns = new Turns(() => {
    this.#parts.reader.release();
  });
  /** Collections that had no row when they were first read, and that nobody has put anything into since: nobody else writes. */
  readonly #empty = new Map<CollectionName, boolean>();
  #closed: Promise<void> | undefined;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
  }

  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    const [row] = await this.getMany(collection, [id]);
    return row;
  }

  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    if (this.#isEmpty(collection)) return ids.map(() => undefined);
    return this.#read((reader) => reader.getMany(collection, ids));
  }

  revs(collection: CollectionName, ids: readonly string[]): Promise<readonly number[]> {
    return this.#read((reader) => reader.revs(collection, ids));
  }

  find(collection: CollectionName, query: Query): Promise<Page> {
    return this.#read((reader) => {
      checkQuery(collection, query);
      return reader.find(collection, query);
    });
  }

  count(collection: CollectionName, query: Query): Promise<number> {
    return this.#read((reader) => {
      checkQuery(collection, query);
      return reader.count(collection, query);
    });
  }

  async commit(changes: ChangeSet): Promise<Committed | Conflict> {
    checkChanges(changes);
    this.#assertOpen();
    for (const { collection } of changes.puts ?? []) this.#empty.set(collection, false);
    const outcome = await this.#request(encodeCommit(changes));
    if (outcome[0] === 'conflict') return conflict(outcome);
    if (outcome[0] !== 'done') throw new StoreUnavailable('its writer gave no answer');
    const [, sequences, deleted] = outcome;
    this.#feed.publish([
      ...(changes.puts ?? []).map(({ collection, id }) => ({ kind: 'put' as const, collection, id })),
      ...(changes.deletes ?? [])
        .filter((_, index) => deleted[index])
        .map(({ collection, id }) => ({ kind: 'delete' as const, collection, id })),
    ]);
    return { ok: true, at: this.#parts.clock.now(), sequences };
  }

  // The port's `claim` has five parameters.
  // eslint-disable-next-line max-params
  async claim(
    collection: CollectionName,
    due: Date,
    owner: string,
    leaseMs: number,
    limit: number,
  ): Promise<readonly Row[]> {
    this.#assertOpen();
    const layout = layoutOf(collection);
    const now = this.#parts.clock.millis();
    const outcome = await this.#request(['claim', layout.index, due.getTime(), owner, now, now + leaseMs, limit]);
    const rows = outcome[0] === 'claimed' ? outcome[1].map((row) => decodeRow(layout, row)) : [];
    this.#feed.publish(rows.map(({ id }) => ({ kind: 'put', collection, id })));
    return rows;
  }

  watch(collection: CollectionName, since?: string): AsyncIterable<Change> {
    return this.#feed.watch(collection, since);
  }

  now(): Promise<Date> {
    return this.#closed === undefined ? Promise.resolve(this.#parts.clock.now()) : Promise.reject(isClosed());
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#feed.close();
    // The writer is the last to close: only it may copy the log into the file.
    await this.#parts.writer.drain();
    this.#parts.reader.release();
    this.#parts.reader.close();
    await this.#parts.writer.close();
  }

  #isEmpty(collection: CollectionName): boolean {
    if (this.#closed !== undefined || this.#parts.writer === noWriter) return false;
    let empty = this.#empty.get(collection);
    if (empty === undefined) this.#empty.set(collection, (empty = this.#parts.reader.isEmpty(collection)));
    return empty;
  }

  // Reads are synchronous; async, so that failures are rejections.
  async #read<T>(read: (reader: Reader) => T): Promise<T> {
    this.#assertOpen();
    await this.#turns.take();
    this.#assertOpen();
    this.#parts.reader.hold();
    return read(this.#parts.reader);
  }

  /** Whoever has written sees in the next read what it has written. */
  async #request(job: Job): Promise<Outcome> {
    try {
      return await this.#parts.writer.request(job);
    } finally {
      if (this.#closed === undefined) this.#parts.reader.release();
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw isClosed();
  }
}

const isClosed = (): StoreUnavailable => new StoreUnavailable('it is closed');

function conflict([, layout, id]: Outcome & { readonly 0: 'conflict' }): Conflict {
  const { collection } = LAYOUTS[layout] ?? layoutOf('settings');
  return { ok: false, conflict: { collection, id } };
}
