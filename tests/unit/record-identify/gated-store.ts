import type { Change, ChangeSet, Committed, Conflict, Page, Query, Row, Store } from '../../../src/store/port.ts';
import type { CollectionName } from '../../../src/store/collections.ts';

/** One writer's view of a shared store: each call waits until the test lets it pass. */
export class GatedStore implements Store {
  readonly #store: Store;
  #allowed: number;
  #waiting: (() => void)[] = [];

  constructor(store: Store, allowed: number) {
    this.#store = store;
    this.#allowed = allowed;
  }

  /** From now on nothing waits. */
  free(): void {
    this.#allowed = Number.POSITIVE_INFINITY;
    for (const go of this.#waiting) go();
    this.#waiting = [];
  }

  /** Lets some more calls pass. */
  allow(more: number): void {
    this.#allowed += more;
    while (this.#allowed > 0 && this.#waiting.length > 0) {
      this.#allowed -= 1;
      this.#waiting.shift()?.();
    }
  }

  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    await this.#pass();
    return this.#store.get(collection, id);
  }

  async revs(collection: CollectionName, ids: readonly string[]): Promise<readonly number[]> {
    await this.#pass();
    return this.#store.revs(collection, ids);
  }

  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    await this.#pass();
    return this.#store.getMany(collection, ids);
  }

  async find(collection: CollectionName, query: Query): Promise<Page> {
    await this.#pass();
    return this.#store.find(collection, query);
  }

  async count(collection: CollectionName, query: Query): Promise<number> {
    await this.#pass();
    return this.#store.count(collection, query);
  }

  async commit(changes: ChangeSet): Promise<Committed | Conflict> {
    await this.#pass();
    return this.#store.commit(changes);
  }

  claim(): Promise<readonly Row[]> {
    return Promise.resolve([]);
  }

  watch(collection: CollectionName, since?: string): AsyncIterable<Change> {
    return this.#store.watch(collection, since);
  }

  now(): Promise<Date> {
    return this.#store.now();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #pass(): Promise<void> {
    if (this.#allowed > 0) {
      this.#allowed -= 1;
      return;
    }
    await new Promise<void>((go) => this.#waiting.push(go));
  }
}
