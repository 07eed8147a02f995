import type { CollectionName } from './collections.ts';

/** Intervals `[low, high)` in UTC milliseconds (or plain numbers); one field may hold several. */
export type Ranges = readonly (readonly [number, number])[];

/** A value of an indexed field. */
export type FieldValue = string | number | Date | Ranges;

/**
 * The body of a row, as its collection declares: `text` is exact JSON text (decimals keep their digits),
 * `document` a native document (plain JSON values and Dates), `bytes` a byte string.
 */
export type Body = string | Readonly<Record<string, unknown>> | Uint8Array;

/** A row as it is read. Keys are for searching only and are not read back. */
export interface Row {
  readonly id: string;
  /** Starts at 1 and grows by one with every put or claim. */
  readonly rev: number;
  readonly body: Body;
  /** Side data that readers of the body never see (who set which element), exact JSON text; sealed like the body. */
  readonly note?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A row as it is written: inserts or replaces the whole row. */
export interface Put {
  readonly collection: CollectionName;
  readonly id: string;
  readonly body: Body;
  readonly note?: string;
  /** Exact search keys (tokens, references, compartments). */
  readonly keys?: readonly string[];
  /** Ordered search keys (strings, URIs), for prefix ranges. */
  readonly ordered?: readonly string[];
  readonly fields?: Readonly<Record<string, FieldValue>>;
  /**
   * Replaces body and note alone: keys, ordered keys and fields stay as they are stored (they cannot be read back).
   * Only with an expected rev of the row, and without keys, ordered keys, fields or sequence of its own.
   */
  readonly bodyOnly?: true;
  /** Names a declared number field that the store fills with the next sequence number of the collection (grows in commit order of one caller). */
  readonly sequence?: string;
}

/** Names a row. */
export interface RowName {
  readonly collection: CollectionName;
  readonly id: string;
}

/** What was read before deciding: the row has this rev, or it does not exist (`rev: 0`, allowed only for a row put in the same set). */
export interface Expectation extends RowName {
  readonly rev: number;
}

/** Everything one decision changes: all of it or nothing happens. A row is written once in it. */
export interface ChangeSet {
  readonly puts?: readonly Put[];
  readonly deletes?: readonly RowName[];
  readonly expect?: readonly Expectation[];
}

/** The commit is durable. `at` is the store's time; `sequences` holds the numbers that were asked for, in the order of `puts`. */
export interface Committed {
  readonly ok: true;
  readonly at: Date;
  readonly sequences: readonly number[];
}

/** An expectation was not met: nothing was written; read again and decide again. */
export interface Conflict {
  readonly ok: false;
  readonly conflict: RowName;
}

/** An exact key, or a list of which any one must be present. */
export type KeyTerm = string | readonly string[];

/** Condition on a scalar field. `exists` tests presence. */
export type FieldTerm =
  | { readonly field: string; readonly op: 'eq' | 'lt' | 'le' | 'gt' | 'ge'; readonly value: string | number | Date }
  | { readonly field: string; readonly op: 'in'; readonly value: readonly (string | number)[] }
  | { readonly field: string; readonly op: 'exists'; readonly value: boolean };

/** Condition on a ranges field: some one interval satisfies every bound given. `not` inverts the whole term. */
export interface RangeTerm {
  readonly field: string;
  readonly lowGe?: number;
  readonly lowGt?: number;
  readonly lowLe?: number;
  readonly lowLt?: number;
  readonly highGe?: number;
  readonly highGt?: number;
  readonly highLe?: number;
  readonly highLt?: number;
  readonly not?: boolean;
}

/** One sort criterion; a ranges field sorts by its smallest low. */
export interface Order {
  readonly field: string;
  readonly descending?: boolean;
}

/** A search in one collection: every part must hold. */
export interface Query {
  /** Exact keys; all terms must be met. */
  readonly all?: readonly KeyTerm[];
  /** None of these exact keys may be present. */
  readonly none?: readonly string[];
  /** Prefixes of ordered keys; all terms must be met, each by any one of its prefixes. */
  readonly prefix?: readonly (readonly string[])[];
  readonly where?: readonly FieldTerm[];
  /** Range conditions; all terms must be met, each by any one of its alternatives. */
  readonly ranges?: readonly (readonly RangeTerm[])[];
  /**
   * Default: by id. Ties are broken by id, in the direction of the last criterion. Strings compare by code point; a
   * missing value comes before every other (last when descending).
   */
  readonly order?: readonly Order[];
  /** Cursor from an earlier page of the same query (`encodeCursor`): rows after it. Stable under concurrent writes. */
  readonly after?: string;
  /** Rows on a page, 1 to 10,000; default 100. */
  readonly limit?: number;
}

/** One page of a search; `next` is absent on the last page. */
export interface Page {
  readonly rows: readonly Row[];
  readonly next?: string;
}

/** Notice that a row changed. A watcher reads the row itself; after `reset` it must read everything again. */
export type Change =
  | {
      readonly kind: 'put' | 'delete';
      readonly collection: CollectionName;
      readonly id: string;
      readonly token: string;
    }
  | { readonly kind: 'reset'; readonly token: string };

/**
 * The one port to storage; drivers are `sqlite`, `mongodb` and `memory`. No interactive transaction: read, decide,
 * then `commit` with what was read as expectations. No decision may rest on a `find` or `count` that is not covered
 * by an expected row.
 * Every method rejects with `StoreUnavailable` when the store cannot be reached or cannot write (disk full, closed),
 * and with a `JingluoError` when its caller breaks the contract (`checkChanges`, `checkQuery`).
 */
export interface Store {
  get(collection: CollectionName, id: string): Promise<Row | undefined>;
  /** Rows in the order of `ids`; a missing row is `undefined`. */
  getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]>;
  /** Revs in the order of `ids`, 0 for a missing row: whether rows are still as they were read, without reading them. */
  revs(collection: CollectionName, ids: readonly string[]): Promise<readonly number[]>;
  find(collection: CollectionName, query: Query): Promise<Page>;
  /** Exact number of rows that match; `order`, `after` and `limit` are ignored. */
  count(collection: CollectionName, query: Query): Promise<number>;
  /** All or nothing, durable when it resolves. Only drivers group commits. */
  commit(changes: ChangeSet): Promise<Committed | Conflict>;
  /**
   * Leases rows whose field `dueAt` is at or before `due` (oldest first) and that nobody holds a running lease on:
   * sets the fields `leaseOwner` and `leaseUntil` (store clock + `leaseMs`) and bumps `rev`. A later put that leaves
   * these fields out ends the lease.
   */
  claim(collection: CollectionName, due: Date, owner: string, leaseMs: number, limit: number): Promise<readonly Row[]>;
  /**
   * Changes of rows after `since` (or from the first `next` on), claims included; begins with `reset` where `since` is
   * too old to be continued. Ends when the store is closed.
   */
  watch(collection: CollectionName, since?: string): AsyncIterable<Change>;
  /** The database's clock: due times and leases are compared with it. */
  now(): Promise<Date>;
  close(): Promise<void>;
}
