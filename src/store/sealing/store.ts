import { JingluoError, problem } from '../../core/problem.ts';
import type { CollectionName } from '../collections.ts';
import type { Change, ChangeSet, Committed, Conflict, Page, Query, Row, Store } from '../port.ts';
import type { Tools } from './document-seal.ts';
import { openRow, sealPut } from './row-seal.ts';
import { holdsValidIdNumber } from './sensitive.ts';

/** A store whose rows are sealed on their way down and opened on their way up. Ids, fields and dates stay plain. */
export class SealedStore implements Store {
  readonly #store: Store;
  readonly #tools: Tools;

  constructor(store: Store, tools: Tools) {
    this.#store = store;
    this.#tools = tools;
  }

  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    const row = await this.#store.get(collection, id);
    return row === undefined ? undefined : openRow(collection, row, this.#tools);
  }

  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    const rows = await this.#store.getMany(collection, ids);
    return rows.map((row) => (row === undefined ? undefined : openRow(collection, row, this.#tools)));
  }

  revs(collection: CollectionName, ids: readonly string[]): Promise<readonly number[]> {
    return this.#store.revs(collection, ids);
  }

  async find(collection: CollectionName, query: Query): Promise<Page> {
    const page = await this.#store.find(collection, this.#tools.hash.sealQuery(query));
    return { ...page, rows: this.#open(collection, page.rows) };
  }

  async count(collection: CollectionName, query: Query): Promise<number> {
    return this.#store.count(collection, this.#tools.hash.sealQuery(query));
  }

  async commit(changes: ChangeSet): Promise<Committed | Conflict> {
    const puts = changes.puts ?? [];
    for (const { collection, id } of puts) {
      if (holdsValidIdNumber(id)) {
        throw new JingluoError(problem('store.sensitive-id', `The id of a row of ${collection} holds an ID number.`));
      }
    }
    return this.#store.commit({ ...changes, puts: puts.map((put) => sealPut(put, this.#tools)) });
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
    return this.#open(collection, await this.#store.claim(collection, due, owner, leaseMs, limit));
  }

  watch(collection: CollectionName, since?: string): AsyncIterable<Change> {
    return this.#store.watch(collection, since);
  }

  now(): Promise<Date> {
    return this.#store.now();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #open(collection: CollectionName, rows: readonly Row[]): readonly Row[] {
    return rows.map((row) => openRow(collection, row, this.#tools));
  }
}
