import type { Collection } from 'mongodb';
import type { CollectionName } from '../collections.ts';
import { record } from './layout.ts';
import type { StoredDocument } from './layout.ts';
import { StoreUnavailable } from '../unavailable.ts';

interface Waiting {
  readonly resolve: (number: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sequence numbers of the collections, one counter document each. A number is taken before the commit and outside of
 * its transaction: commits do not collide on the counter, and a commit that fails leaves a gap. A caller who waits for
 * one commit before the next gets growing numbers, on whatever node. Two callers may become visible in the other order
 * than their numbers, so nobody may conclude from a number that all smaller ones are there.
 * Requests that arrive while one is under way share the next one.
 */
export class Sequences {
  readonly #counters: Collection<StoredDocument>;
  readonly #waiting = new Map<CollectionName, Waiting[]>();
  readonly #running = new Set<CollectionName>();

  constructor(counters: Collection<StoredDocument>) {
    this.#counters = counters;
  }

  /** The next number of a collection, from 1. */
  next(collection: CollectionName): Promise<number> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(collection) ?? [];
      waiting.push({ resolve, reject });
      this.#waiting.set(collection, waiting);
      void this.#run(collection);
    });
  }

  async #run(collection: CollectionName): Promise<void> {
    if (this.#running.has(collection)) return;
    this.#running.add(collection);
    let batch = this.#take(collection);
    while (batch.length > 0) {
      await this.#serve(collection, batch);
      batch = this.#take(collection);
    }
    this.#running.delete(collection);
  }

  #take(collection: CollectionName): readonly Waiting[] {
    const waiting = this.#waiting.get(collection) ?? [];
    this.#waiting.delete(collection);
    return waiting;
  }

  async #serve(collection: CollectionName, batch: readonly Waiting[]): Promise<void> {
    try {
      const last = await this.#advance(collection, batch.length);
      batch.forEach(({ resolve }, index) => {
        resolve(last - batch.length + 1 + index);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async #advance(collection: CollectionName, by: number): Promise<number> {
    const update: Record<string, Record<string, unknown>> = { $inc: { last: by } };
    const counter = await this.#counters.findOneAndUpdate({ _id: `sequence.${collection}` }, update, {
      upsert: true,
      returnDocument: 'after',
    });
    const last = record(counter)['last'];
    if (typeof last !== 'number') throw new StoreUnavailable('the server gave no sequence number');
    return last;
  }
}
