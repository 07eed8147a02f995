import type { ChangeStream, ChangeStreamDocument, Collection, ResumeToken, Timestamp } from 'mongodb';
import { MongoError } from 'mongodb';
import type { CollectionName } from '../collections.ts';
import type { Change } from '../port.ts';
import { failure } from './failure.ts';
import { record } from './layout.ts';
import type { StoredDocument } from './layout.ts';

type Stream = ChangeStream<StoredDocument, ChangeStreamDocument<StoredDocument>>;

/** Longest wait for news within one question to the server. */
const AWAIT_MS = 1_000;
/** The history has been lost, the token is malformed, belongs to something else, or cannot be resumed from. */
const LOST_TOKEN: ReadonlySet<unknown> = new Set([
  9, 40, 260, 280, 286, 40573, 40585, 40586, 40647, 40649, 50811, 51091,
]);

/** An update that raises the rev; native documents, whose rev is nested, are only ever replaced. */
const RAISED = { 'updateDescription.updatedFields.r': { $exists: true } };

/**
 * The changes of one collection by its change stream. A token is the resume token's `_data`. Expectations of rows that
 * are not written (their side field `x`) are no changes: only what raises a rev is told.
 */
export class Watcher implements AsyncIterator<Change> {
  readonly #name: CollectionName;
  readonly #rows: Collection<StoredDocument>;
  readonly #open: () => boolean;
  #stream: Stream;
  #ended = false;
  #known: boolean;

  /**
   * @param from operation time from which on changes are told, where there is no `since`
   * @param open false once the store is closed
   */
  constructor(
    name: CollectionName,
    rows: Collection<StoredDocument>,
    start: { readonly since?: string | undefined; readonly from?: Timestamp | undefined },
    open: () => boolean,
  ) {
    this.#name = name;
    this.#rows = rows;
    this.#open = open;
    this.#known = start.since === undefined;
    this.#stream = this.#follow(start);
  }

  async next(): Promise<IteratorResult<Change>> {
    try {
      while (this.#running()) {
        const change = await this.#tell();
        if (change !== undefined) return { done: false, value: change };
      }
    } catch (error) {
      if (this.#running()) return await this.#recover(error);
    }
    return this.return();
  }

  async return(): Promise<IteratorResult<Change>> {
    this.#ended = true;
    await this.#stream.close().catch(() => undefined);
    return { done: true, value: undefined };
  }

  #running(): boolean {
    return !this.#ended && this.#open();
  }

  async #tell(): Promise<Change | undefined> {
    const event = await this.#stream.tryNext();
    if (event === null) return undefined;
    this.#known = true;
    const { operationType } = event;
    // The collection was dropped or renamed: nothing that was told holds any more.
    if (operationType === 'invalidate' || operationType === 'drop' || operationType === 'rename') return this.#reset();
    if (!('documentKey' in event)) return undefined;
    const kind = operationType === 'delete' ? 'delete' : 'put';
    return { kind, collection: this.#name, id: event.documentKey._id, token: tokenOf(event._id) };
  }

  async #recover(error: unknown): Promise<IteratorResult<Change>> {
    if (error instanceof MongoError && LOST_TOKEN.has(error.code) && (!this.#known || error.code === 286)) {
      return { done: false, value: await this.#reset() };
    }
    await this.#stream.close().catch(() => undefined);
    throw failure(error);
  }

  /** Starts again from now on. */
  async #reset(): Promise<Change> {
    await this.#stream.close().catch(() => undefined);
    this.#stream = this.#follow({});
    // The first answer brings the token of an event that has not happened yet.
    while (this.#running() && this.#stream.resumeToken === null) await this.#stream.tryNext();
    this.#known = true;
    return { kind: 'reset', token: tokenOf(this.#stream.resumeToken) };
  }

  #follow(start: { readonly since?: string | undefined; readonly from?: Timestamp | undefined }): Stream {
    return this.#rows.watch<StoredDocument, ChangeStreamDocument<StoredDocument>>(
      [{ $match: { $or: [{ operationType: { $ne: 'update' } }, RAISED] } }],
      {
        maxAwaitTimeMS: AWAIT_MS,
        ...(start.since === undefined ? {} : { startAfter: { _data: start.since } }),
        ...(start.since === undefined && start.from !== undefined ? { startAtOperationTime: start.from } : {}),
      },
    );
  }
}

function tokenOf(token: ResumeToken): string {
  return String(record(token)['_data']);
}
