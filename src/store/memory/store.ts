import { ChangeFeed } from '../change-feed.ts';
import { checkChanges, checkQuery } from '../check.ts';
import type { CollectionName } from '../collections.ts';
import type { Change, ChangeSet, Committed, Conflict, Page, Query, Row, Store } from '../port.ts';
import type { StoreClock } from '../store-clock.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { MemoryTable } from './table.ts';

/** A store that keeps everything in memory and forgets it when closed: for tests and for trying things out. */
export class MemoryStore implements Store {
  readonly #clock: StoreClock;
  readonly #tables = new Map<CollectionName, MemoryTable>();
  readonly #feed = new ChangeFeed();
  #closed = false;

  constructor(clock: StoreClock) {
    this.#clock = clock;
  }

  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    return (await this.#open(collection)).get(id);
  }

  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    const table = await this.#open(collection);
    return ids.map((id) => table.get(id));
  }

  async revs(collection: CollectionName, ids: readonly string[]): Promise<readonly number[]> {
    const table = await this.#open(collection);
    return ids.map((id) => table.rev(id));
  }

  async find(collection: CollectionName, query: Query): Promise<Page> {
    checkQuery(collection, query);
    return (await this.#open(collection)).find(query);
  }

  async count(collection: CollectionName, query: Query): Promise<number> {
    checkQuery(collection, query);
    return (await this.#open(collection)).count(query);
  }

  async commit(changes: ChangeSet): Promise<Committed | Conflict> {
    checkChanges(changes);
    await this.#answer();
    for (const { collection, id, rev } of changes.expect ?? []) {
      if (this.#table(collection).rev(id) !== rev) return { ok: false, conflict: { collection, id } };
    }
    const puts = changes.puts ?? [];
    const sequences = puts.map((put) => this.#table(put.collection).put(put)).filter((number) => number !== undefined);
    const deletes = (changes.deletes ?? []).filter(({ collection, id }) => this.#table(collection).delete(id));
    this.#feed.publish([
      ...puts.map(({ collection, id }) => ({ kind: 'put' as const, collection, id })),
      ...deletes.map(({ collection, id }) => ({ kind: 'delete' as const, collection, id })),
    ]);
    return { ok: true, at: this.#clock.now(), sequences };
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
    const table = await this.#open(collection);
    const now = this.#clock.now();
    const { rows } = table.find({
      where: [{ field: 'dueAt', op: 'le', value: due }],
      order: [{ field: 'dueAt' }],
      limit: Number.MAX_SAFE_INTEGER,
    });
    const lease = { leaseOwner: owner, leaseUntil: new Date(now.getTime() + leaseMs) };
    const claimed = rows
      .filter(({ fields: { leaseUntil } }) => !(leaseUntil instanceof Date && leaseUntil > now))
      .slice(0, limit)
      .map(({ id }) => table.update(id, lease))
      .filter((row) => row !== undefined);
    this.#feed.publish(claimed.map(({ id }) => ({ kind: 'put', collection, id })));
    return claimed;
  }

  watch(collection: CollectionName, since?: string): AsyncIterable<Change> {
    return this.#feed.watch(collection, since);
  }

  async now(): Promise<Date> {
    await this.#answer();
    return this.#clock.now();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#feed.close();
    return Promise.resolve();
  }

  async #open(collection: CollectionName): Promise<MemoryTable> {
    await this.#answer();
    return this.#table(collection);
  }

  /** Answers in a later turn, as every other driver does: callers must not rely on less. */
  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.#closed) throw new StoreUnavailable('it is closed');
  }

  #table(collection: CollectionName): MemoryTable {
    let table = this.#tables.get(collection);
    if (table === undefined) this.#tables.set(collection, (table = new MemoryTable()));
    return table;
  }
}
