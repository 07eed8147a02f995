import { JingluoError, problem } from '../core/problem.ts';
import type { CollectionName } from './collections.ts';
import { findOver } from './overlay.ts';
import type { Committed, Conflict, Expectation, Page, Put, Query, Row, Store } from './port.ts';

/**
 * One decision in the making: reads through to the store and remembers what was read, collects what is to be written,
 * and commits both as one change set. Every stage of a message works on the same draft, so that state, record, events
 * and occurrences become durable together. After a `Conflict` a draft is thrown away and the decision made again.
 */
export class Draft {
  readonly #store: Store;
  readonly #reads = new Map<string, Row | undefined>();
  readonly #expected = new Map<string, Expectation>();
  readonly #puts = new Map<string, Put>();
  readonly #deletes = new Map<string, { collection: CollectionName; id: string }>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The store, for `find`, `count` and `now`: what they answer is not covered by expectations. */
  get store(): Store {
    return this.#store;
  }

  /** Reads a row as this draft leaves it (own puts and deletes included). A row that is also written becomes an expectation. */
  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    const [row] = await this.getMany(collection, [id]);
    return row;
  }

  /** Reads several rows as this draft leaves them, in the order of `ids`. */
  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    const missing = [...new Set(ids)].filter((id) => !this.#reads.has(name(collection, id)));
    if (missing.length > 0) {
      const rows = await this.#store.getMany(collection, missing);
      missing.forEach((id, index) => this.#reads.set(name(collection, id), rows[index]));
    }
    return ids.map((id) => this.#current(collection, id));
  }

  /**
   * A page of a search as this draft leaves the rows: own puts and deletes count as if they were stored. Rows found
   * count as read. What is not found is not covered by any expectation. Fields that the store fills (`sequence`) are
   * missing in own puts.
   */
  async find(collection: CollectionName, query: Query): Promise<Page> {
    const mine = this.puts.filter((put) => put.collection === collection);
    const page = await findOver(this.#store, collection, query, {
      puts: mine.flatMap((put) => {
        const row = this.#current(collection, put.id);
        return row === undefined ? [] : [{ put, row }];
      }),
      covers: (id) => this.#puts.has(name(collection, id)) || this.#deletes.has(name(collection, id)),
    });
    this.adopt(
      collection,
      page.rows.filter(({ id }) => !this.#puts.has(name(collection, id))),
    );
    return page;
  }

  /** Takes rows that a `find` of the store returned as read, so that later gets cost nothing and see the same revs. */
  adopt(collection: CollectionName, rows: readonly Row[]): void {
    for (const row of rows) {
      const key = name(collection, row.id);
      if (!this.#reads.has(key)) this.#reads.set(key, row);
    }
  }

  /**
   * Rests the decision on a row that was read, though it is not written: its rev becomes an expectation. The row must
   * exist, or be put by this draft after it was read as missing.
   * @throws JingluoError `store.expectation-unread` where the row was not read or is not there
   */
  expect(collection: CollectionName, id: string): void {
    const key = name(collection, id);
    if (this.#expected.has(key)) return;
    const rev = this.#reads.get(key)?.rev;
    if (rev === undefined) {
      const message = `A decision rests on a row of ${collection} that was not read, or is not there.`;
      throw new JingluoError(problem('store.expectation-unread', message));
    }
    this.#expected.set(key, { collection, id, rev });
  }

  /** Writes a row. Where it was read before, its rev is expected; where it was not, it is written whatever is there. */
  put(put: Put): void {
    const key = name(put.collection, put.id);
    this.#deletes.delete(key);
    this.#puts.set(key, put);
    this.#rememberRead(put.collection, put.id);
  }

  /** Deletes a row; where it was read before, its rev is expected. */
  delete(collection: CollectionName, id: string): void {
    const key = name(collection, id);
    this.#puts.delete(key);
    this.#deletes.set(key, { collection, id });
    if (this.#reads.get(key) === undefined) this.#expected.delete(key);
    else this.#rememberRead(collection, id);
  }

  /** Forgets everything that was to be written and expected; what was read stays read. */
  discard(): void {
    this.#puts.clear();
    this.#deletes.clear();
    this.#expected.clear();
  }

  /** What this draft writes so far, in the order of writing. */
  get puts(): readonly Put[] {
    return [...this.#puts.values()];
  }

  /** True when nothing is to be written. */
  get empty(): boolean {
    return this.#puts.size === 0 && this.#deletes.size === 0;
  }

  /** Commits everything at once. */
  async commit(): Promise<Committed | Conflict> {
    return this.#store.commit({
      puts: this.puts,
      deletes: [...this.#deletes.values()],
      expect: [...this.#expected.values()],
    });
  }

  #rememberRead(collection: CollectionName, id: string): void {
    const key = name(collection, id);
    if (!this.#reads.has(key)) return;
    this.#expected.set(key, { collection, id, rev: this.#reads.get(key)?.rev ?? 0 });
  }

  #current(collection: CollectionName, id: string): Row | undefined {
    const key = name(collection, id);
    if (this.#deletes.has(key)) return undefined;
    const read = this.#reads.get(key);
    const put = this.#puts.get(key);
    if (put === undefined) return read;
    return {
      id,
      rev: (read?.rev ?? 0) + 1,
      body: put.body,
      fields: put.fields ?? {},
      ...(put.note === undefined ? {} : { note: put.note }),
    };
  }
}

function name(collection: CollectionName, id: string): string {
  return `${collection}\u0000${id}`;
}
