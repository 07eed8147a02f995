import { JingluoError, problem } from '../core/problem.ts';
import type { CollectionName } from './collections.ts';
import { findOver, type OwnRow } from './overlay.ts';
import type { Committed, Conflict, Expectation, Page, Put, Query, Row, RowName, Store } from './port.ts';

/** A row as a draft knows it. All of one shape, whatever is known: there are many, and they are asked often. */
interface Known {
  readonly collection: CollectionName;
  readonly id: string;
  /** What was read; `isRead` without it: there is no such row. */
  read: Row | undefined;
  isRead: boolean;
  put: Put | undefined;
  /** The row that `put` makes, and its keys for searches: made when asked for. */
  row: Row | undefined;
  keys: ReadonlySet<string> | undefined;
  isDeleted: boolean;
  /** Rev that the commit rests on. */
  expected: number | undefined;
}

function unread(collection: CollectionName, id: string): Known {
  const nothing = { read: undefined, put: undefined, row: undefined, keys: undefined, expected: undefined };
  return { collection, id, isRead: false, isDeleted: false, ...nothing };
}

/**
 * One decision in the making: reads through to the store and remembers what was read, collects what is to be written,
 * and commits both as one change set. Every stage of a message works on the same draft, so that state, record, events
 * and occurrences become durable together. After a `Conflict` a draft is thrown away and the decision made again.
 */
export class Draft {
  readonly #store: Store;
  readonly #rows = new Map<CollectionName, Map<string, Known>>();
  /** Rows that are put or deleted, in the order of writing. */
  readonly #puts = new Set<Known>();
  readonly #deletes = new Set<Known>();
  readonly #expected = new Set<Known>();
  readonly #new = new Set<string>();
  #searches = 0;

  /** @param options.trusts what follows from a row that is made for the first time is taken for granted, see `begin` */
  constructor(store: Store, options: { readonly trusts?: boolean } = {}) {
    this.#store = store;
    this.trusts = options.trusts === true;
  }

  readonly trusts: boolean;

  /** The store, for `find`, `count` and `now`: what they answer is not covered by expectations. */
  get store(): Store {
    return this.#store;
  }

  /** Reads a row as this draft leaves it (own puts and deletes included). A row that is also written becomes an expectation. */
  async get(collection: CollectionName, id: string): Promise<Row | undefined> {
    const known = this.#known(collection, id);
    if (!known.isRead) await this.#read(collection, [known]);
    return current(known);
  }

  /** Reads several rows as this draft leaves them, in the order of `ids`. */
  async getMany(collection: CollectionName, ids: readonly string[]): Promise<readonly (Row | undefined)[]> {
    const known = ids.map((id) => this.#known(collection, id));
    if (known.some((one) => !one.isRead)) await this.#read(collection, new Set(known.filter((one) => !one.isRead)));
    return known.map(current);
  }

  /**
   * A page of a search as this draft leaves the rows: own puts and deletes count as if they were stored. Rows found
   * count as read. What is not found is not covered by any expectation. Fields that the store fills (`sequence`) are
   * missing in own puts.
   */
  async find(collection: CollectionName, query: Query): Promise<Page> {
    this.#searches += 1;
    const known = this.#rows.get(collection);
    const page = await findOver(this.#store, collection, query, {
      puts: ownPuts(this.#puts, collection),
      covers: (id) => {
        const one = known?.get(id);
        return one !== undefined && (one.isDeleted || (one.put !== undefined && one.put.bodyOnly !== true));
      },
    });
    const rows = page.rows.map((row) => this.#take(collection, row));
    return page.next === undefined ? { rows } : { rows, next: page.next };
  }

  /** Takes rows that a `find` of the store returned as read, so that later gets cost nothing and see the same revs. */
  adopt(collection: CollectionName, rows: readonly Row[]): void {
    for (const row of rows) this.#take(collection, row);
  }

  /**
   * Rests the decision on a row that was read, though it is not written: its rev becomes an expectation. The row must
   * exist, or be put by this draft after it was read as missing.
   * @throws JingluoError `store.expectation-unread` where the row was not read or is not there
   */
  expect(collection: CollectionName, id: string): void {
    const known = this.#known(collection, id);
    if (known.expected !== undefined) return;
    if (known.read === undefined) {
      const message = `A decision rests on a row of ${collection} that was not read, or is not there.`;
      throw new JingluoError(problem('store.expectation-unread', message));
    }
    this.#rest(known, known.read.rev);
  }

  /**
   * Tells that nothing stored speaks of this id, as the row that comes first of all has just been made: these rows need
   * not be read, and whoever searches for what belongs to it (`isNew`) need not ask the store. What is put is expected
   * not to be there, so that a mistake is a conflict; the next try should not trust.
   */
  begin(id: string, rows: readonly RowName[]): void {
    this.#new.add(id);
    for (const { collection, id: row } of rows) this.#known(collection, row).isRead = true;
  }

  /** Whether nothing stored speaks of an id. */
  isNew(id: string): boolean {
    return this.#new.has(id);
  }

  /** Own puts that a query finds. */
  findOwn(collection: CollectionName, query: Query): Promise<Page> {
    return findOver(EMPTY, collection, query, { puts: ownPuts(this.#puts, collection), covers: () => false });
  }

  /**
   * Writes a row. Where it was read before, its rev is expected; where it was not, it is written whatever is there.
   * A put of the body alone keeps the keys and fields of an earlier put of the row.
   * @returns the row as this draft reads it from now on
   */
  put(put: Put): Row {
    const known = this.#known(put.collection, put.id);
    this.#deletes.delete(known);
    known.isDeleted = false;
    known.put = put.bodyOnly === true && known.put !== undefined ? withBody(known.put, put) : put;
    this.#puts.add(known);
    if (known.isRead) this.#rest(known, known.read?.rev ?? 0);
    known.keys = undefined;
    return (known.row = rowOf(known, known.put));
  }

  /** Deletes a row; where it was read before, its rev is expected. */
  delete(collection: CollectionName, id: string): void {
    const known = this.#known(collection, id);
    this.#forgetPut(known);
    this.#deletes.add(known);
    known.isDeleted = true;
    if (known.read === undefined) this.#forgetExpected(known);
    else this.#rest(known, known.read.rev);
  }

  /** Forgets everything that was to be written and expected; what was read stays read. */
  discard(): void {
    for (const known of [...this.#puts]) this.#forgetPut(known);
    for (const known of this.#deletes) known.isDeleted = false;
    this.#deletes.clear();
    for (const known of [...this.#expected]) this.#forgetExpected(known);
  }

  /** What this draft writes so far, in the order of writing. */
  get puts(): readonly Put[] {
    return Array.from(this.#puts, ({ put }) => put).filter((put) => put !== undefined);
  }

  /** What was read, for who wants to know later whether it is still so (`Store.revs`). Searches find more or less later. */
  get basis(): readonly Expectation[] {
    return Array.from(this.#rows.values(), (rows) =>
      Array.from(rows.values())
        .filter(({ isRead }) => isRead)
        .map(({ collection, id, read }) => ({ collection, id, rev: read?.rev ?? 0 })),
    ).flat();
  }

  /** How many pages were searched for. */
  get searches(): number {
    return this.#searches;
  }

  /** Rows of a collection that this draft writes, as they will stand. */
  written(collection: CollectionName): readonly Row[] {
    return Array.from(this.#puts).flatMap(({ collection: of, row }) =>
      of === collection && row !== undefined ? [row] : [],
    );
  }

  /** True when nothing is to be written. */
  get empty(): boolean {
    return this.#puts.size === 0 && this.#deletes.size === 0;
  }

  /** Commits everything at once. */
  async commit(): Promise<Committed | Conflict> {
    return this.#store.commit({
      puts: this.puts,
      deletes: Array.from(this.#deletes, ({ collection, id }) => ({ collection, id })),
      expect: Array.from(this.#expected, ({ collection, id, expected = 0 }) => ({ collection, id, rev: expected })),
    });
  }

  #known(collection: CollectionName, id: string): Known {
    let rows = this.#rows.get(collection);
    if (rows === undefined) this.#rows.set(collection, (rows = new Map<string, Known>()));
    let known = rows.get(id);
    if (known === undefined) rows.set(id, (known = unread(collection, id)));
    return known;
  }

  async #read(collection: CollectionName, missing: Iterable<Known>): Promise<void> {
    const known = [...missing];
    const rows = await this.#store.getMany(
      collection,
      known.map(({ id }) => id),
    );
    known.forEach((one, index) => {
      // Another stage may have read it while this one waited: the first answer stands.
      if (!one.isRead) take(one, rows[index]);
    });
  }

  /** A row of a search as this draft leaves it; one that was not read before is read by this. */
  #take(collection: CollectionName, row: Row): Row {
    const known = this.#known(collection, row.id);
    if (known.row === row) return row;
    if (!known.isRead) take(known, row);
    return current(known) ?? row;
  }

  #rest(known: Known, rev: number): void {
    known.expected = rev;
    this.#expected.add(known);
  }

  #forgetPut(known: Known): void {
    this.#puts.delete(known);
    known.put = undefined;
    known.row = undefined;
    known.keys = undefined;
  }

  #forgetExpected(known: Known): void {
    this.#expected.delete(known);
    known.expected = undefined;
  }
}

const EMPTY: Pick<Store, 'find'> = { find: () => Promise.resolve({ rows: [] }) };

function take(known: Known, row: Row | undefined): void {
  known.isRead = true;
  if (row === undefined) return;
  known.read = row;
  if (known.put !== undefined) known.row = rowOf(known, known.put);
}

/** The row as the draft leaves it. */
function current(known: Known): Row | undefined {
  return known.isDeleted ? undefined : (known.row ?? known.read);
}

function rowOf({ read, id }: Known, put: Put): Row {
  const fields = put.bodyOnly === true ? read?.fields : put.fields;
  const row = { id, rev: (read?.rev ?? 0) + 1, body: put.body, fields: fields ?? {} };
  return put.note === undefined ? row : { ...row, note: put.note };
}

/** A full put with the body and note of a later one. */
function withBody(full: Put, { body, note }: Put): Put {
  const put: { -readonly [name in keyof Put]: Put[name] } = { ...full, body };
  if (note === undefined) delete put.note;
  else put.note = note;
  return put;
}

/** Own puts of a collection as a search sees them; those of the body alone are found where the stored row is. */
function* ownPuts(puts: ReadonlySet<Known>, collection: CollectionName): Iterable<OwnRow> {
  for (const known of puts) {
    const { put, row } = known;
    if (known.collection !== collection || put === undefined || row === undefined || put.bodyOnly === true) continue;
    yield { row, keys: (known.keys ??= new Set(put.keys)), ordered: put.ordered ?? [] };
  }
}
