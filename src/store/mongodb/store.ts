import type { Collection, Db, MongoClient } from 'mongodb';
import { JingluoError, problem } from '../../core/problem.ts';
import { checkChanges, checkQuery, DEFAULT_LIMIT } from '../check.ts';
import type { CollectionName } from '../collections.ts';
import { cursorPosition, encodeCursor, positionOf } from '../order.ts';
import type { Change, ChangeSet, Committed, Conflict, Page, Query, Row, Store } from '../port.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { claimRows } from './claim.ts';
import { Committer } from './committer.ts';
import type { Connection } from './connect.ts';
import { guarded } from './failure.ts';
import { GroupCommitter } from './group-committer.ts';
import { LastSeen } from './last-seen.ts';
import { revOf, revPath, rowOf } from './layout.ts';
import type { StoredDocument } from './layout.ts';
import { afterCondition, filterOf, sortOf } from './query.ts';
import { ENGINE } from './schema.ts';
import { Sequences } from './sequences.ts';
import { ServerClock } from './server-clock.ts';
import { Watcher } from './watcher.ts';

/** Bytes of a body that MongoDB's 16 MiB documents hold beside keys and fields. */
const MAX_BODY = 15 * 1024 * 1024;

/** A store over MongoDB: one collection of the database for each collection of the port. */
export class MongoStore implements Store {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #seen = new LastSeen();
  readonly #clock: ServerClock;
  readonly #committer: GroupCommitter;
  readonly #running = new Set<Promise<unknown>>();
  readonly #watchers = new Set<Watcher>();
  #closed = false;

  constructor({ client, db }: Connection) {
    this.#client = client;
    this.#db = db;
    this.#clock = new ServerClock(db, this.#seen);
    const sequences = new Sequences(db.collection<StoredDocument>(ENGINE));
    this.#committer = new GroupCommitter(
      new Committer({ client, rowsOf: (name) => this.#rows(name), seen: this.#seen }, sequences),
    );
  }

  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    const found = await this.#run(() => this.#rows(collection).findOne({ _id: id }));
    return found === null ? undefined : rowOf(collection, found);
  }

  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    if (ids.length === 0) return [];
    const found = await this.#run(() =>
      this.#rows(collection)
        .find({ _id: { $in: [...new Set(ids)] } }, SNAPSHOT)
        .toArray(),
    );
    const rows = new Map(found.map((document) => [document._id, rowOf(collection, document)]));
    return ids.map((id) => rows.get(id));
  }

  async revs(collection: CollectionName, ids: readonly string[]): Promise<readonly number[]> {
    if (ids.length === 0) return [];
    const found = await this.#run(() =>
      this.#rows(collection)
        .find({ _id: { $in: [...new Set(ids)] } }, { ...SNAPSHOT, projection: { [revPath(collection)]: 1 } })
        .toArray(),
    );
    const revs = new Map(found.map((document) => [document._id, revOf(collection, document)]));
    return ids.map((id) => revs.get(id) ?? 0);
  }

  async find(collection: CollectionName, query: Query): Promise<Page> {
    checkQuery(collection, query);
    const { order = [], limit = DEFAULT_LIMIT } = query;
    const position = cursorPosition(query);
    const filter = filterOf(collection, query);
    const found = await this.#run(() =>
      this.#rows(collection)
        .find(
          position === undefined ? filter : { $and: [filter, afterCondition(collection, order, position)] },
          SNAPSHOT,
        )
        .sort(sortOf(collection, order))
        .limit(limit + 1)
        .toArray(),
    );
    const rows = found.slice(0, limit).map((document) => rowOf(collection, document));
    const last = rows.at(-1);
    return found.length > limit && last !== undefined
      ? { rows, next: encodeCursor(positionOf(last, order)) }
      : { rows };
  }

  async count(collection: CollectionName, query: Query): Promise<number> {
    checkQuery(collection, query);
    return this.#run(() => this.#rows(collection).countDocuments(filterOf(collection, query)));
  }

  async commit(changes: ChangeSet): Promise<Committed | Conflict> {
    checkChanges(changes);
    checkSizes(changes);
    return this.#run(async () => {
      const outcome = await this.#committer.commit(changes);
      return outcome.ok ? { ok: true, at: await this.#clock.now(), sequences: outcome.sequences } : outcome;
    });
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
    return this.#run(async () => {
      const now = await this.#clock.now();
      return claimRows(collection, this.#rows(collection), { due, owner, now, leaseMs, limit });
    });
  }

  watch(collection: CollectionName, since?: string): AsyncIterable<Change> {
    const watcher = new Watcher(
      collection,
      this.#rows(collection),
      { since, from: this.#seen.next },
      () => !this.#closed,
    );
    this.#watchers.add(watcher);
    return { [Symbol.asyncIterator]: () => watcher };
  }

  async now(): Promise<Date> {
    return this.#run(() => this.#clock.now());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await Promise.all([...this.#watchers].map((watcher) => watcher.return()));
    await this.#client.close();
  }

  #rows(collection: CollectionName): Collection<StoredDocument> {
    return this.#db.collection<StoredDocument>(collection);
  }

  async #run<T>(step: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreUnavailable('it is closed');
    const running = guarded(step);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }
}

/** A page is one point in time, however many rows it has. */
const SNAPSHOT = { readConcern: { level: 'snapshot' } } as const;

function checkSizes({ puts = [] }: ChangeSet): void {
  for (const { collection, body } of puts) {
    const size = typeof body === 'string' ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.byteLength : 0;
    if (size > MAX_BODY) {
      throw new JingluoError(
        problem('store.body-too-large', `A body of ${collection} has ${size} bytes, MongoDB holds ${MAX_BODY}.`),
      );
    }
  }
}
