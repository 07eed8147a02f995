import { randomUUID } from 'node:crypto';
import type { CollectionName } from './collections.ts';
import type { Change, RowName } from './port.ts';

type Notice = RowName & { readonly kind: 'put' | 'delete' };

/** Changes that a watcher may lag behind before it must read everything again. */
const CAPACITY = 10_000;

/**
 * The changes of a store that one process writes, kept in memory: a token of an earlier process, or one that lags
 * more than 10,000 changes behind, leads to `reset`.
 */
export class ChangeFeed {
  readonly #epoch = randomUUID();
  #notices: Notice[] = [];
  /** Number of the first notice still held. */
  #first = 0;
  #closed = false;
  readonly #waiting = new Set<() => void>();

  /** Number that the next notice will get. */
  get end(): number {
    return this.#first + this.#notices.length;
  }

  /** Tells watchers what a commit or claim changed; called once the commit is durable. */
  publish(notices: readonly Notice[]): void {
    for (const notice of notices) this.#notices.push(notice);
    if (this.#notices.length > 2 * CAPACITY) {
      this.#first = this.end - CAPACITY;
      this.#notices = this.#notices.slice(-CAPACITY);
    }
    this.#wake();
  }

  /** Ends every watch. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Changes of one collection after a token, or from now on. */
  watch(collection: CollectionName, since?: string): AsyncIterable<Change> {
    return { [Symbol.asyncIterator]: () => new Watch(this, collection, since) };
  }

  /** The first change of a collection from a position on, and the position behind it; a change is absent when there is none yet. */
  next(collection: CollectionName, from: number): { readonly change?: Change; readonly position: number } {
    if (from < this.#first) return { change: this.reset(), position: this.end };
    for (let position = from; position < this.end; position += 1) {
      const notice = this.#notices[position - this.#first];
      if (notice?.collection !== collection) continue;
      const { kind, id } = notice;
      return { change: { kind, collection, id, token: this.#token(position + 1) }, position: position + 1 };
    }
    return { position: this.end };
  }

  /** The notice that nothing before now can be told. */
  reset(): Change {
    return { kind: 'reset', token: this.#token(this.end) };
  }

  /** Position of a token; undefined where it is of another process or malformed. */
  position(token: string): number | undefined {
    const [epoch, position] = token.split(':');
    return epoch === this.#epoch && position !== undefined ? Number(position) : undefined;
  }

  /** Resolves with the next publication, or at once when closed; `true` while the feed is open. */
  async changed(cancelled: () => boolean): Promise<boolean> {
    if (!this.#closed && !cancelled()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
    return !this.#closed;
  }

  /** Wakes every watcher, so that it looks whether it has been ended. */
  wake(): void {
    this.#wake();
  }

  #token(position: number): string {
    return `${this.#epoch}:${position}`;
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

class Watch implements AsyncIterator<Change> {
  readonly #feed: ChangeFeed;
  readonly #collection: CollectionName;
  #position: number | undefined;
  #ended = false;

  constructor(feed: ChangeFeed, collection: CollectionName, since: string | undefined) {
    this.#feed = feed;
    this.#collection = collection;
    this.#position = since === undefined ? feed.end : feed.position(since);
  }

  async next(): Promise<IteratorResult<Change>> {
    if (this.#position === undefined) {
      this.#position = this.#feed.end;
      return { done: false, value: this.#feed.reset() };
    }
    while (!this.#ended) {
      const { change, position }: ReturnType<ChangeFeed['next']> = this.#feed.next(this.#collection, this.#position);
      this.#position = position;
      if (change !== undefined) return { done: false, value: change };
      if (!(await this.#feed.changed(() => this.#ended))) break;
    }
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<Change>> {
    this.#ended = true;
    this.#feed.wake();
    return Promise.resolve({ done: true, value: undefined });
  }
}
