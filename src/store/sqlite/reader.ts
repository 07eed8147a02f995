import { JingluoError } from '../../core/problem.ts';
import { DEFAULT_LIMIT } from '../check.ts';
import type { CollectionName } from '../collections.ts';
import { cursorPosition, encodeCursor, positionOf } from '../order.ts';
import type { Page, Query, Row } from '../port.ts';
import { StoreUnavailable } from '../unavailable.ts';
import type { Connection, Statement } from './binding.ts';
import { decodeRow } from './codec.ts';
import { behind, orderBy } from './conditions.ts';
import type { KeyHasher } from './key-hash.ts';
import { keyHasher } from './key-hash.ts';
import type { Layout } from './layout.ts';
import { layoutOf } from './layout.ts';
import type { Catalog } from './plan.ts';
import { planQuery } from './plan.ts';
import type { RareCache } from './rare.ts';
import { findRare } from './rare.ts';
import { readCode, readKeyVersion, readMeta } from './schema.ts';
import { every, sql } from './sql.ts';

/** Rows of so many ids are read by one statement. */
const MOST_AT_ONCE = 256;

/** What the reader keeps of a collection. */
interface Known {
  readonly layout: Layout;
  readonly catalog: Catalog;
  /** Statements for 1, 2, 4, … ids. */
  readonly byIds: Statement[];
  rev?: Statement;
  readonly rare: RareCache;
}

/** Reads through a connection of its own, beside the writer. */
export class Reader {
  readonly #db: Connection;
  /** A read transaction is open. */
  #held = false;
  readonly #hasher: (collection: CollectionName) => KeyHasher;
  readonly #collections = new Map<CollectionName, Known>();

  constructor(db: Connection) {
    this.#db = db;
    const [seed, version] = [String(readMeta(db, 'seed')), readKeyVersion(db)];
    this.#hasher = (collection) => keyHasher(seed, collection, version);
  }

  getMany(collection: CollectionName, ids: readonly string[]): (Row | undefined)[] {
    const { layout, byIds } = this.#known(collection);
    if (ids.length <= 1) return guarded(() => ids.map((id) => this.#one(layout, byIds, id)));
    if (ids.length > MOST_AT_ONCE) return guarded(() => ids.map((id) => this.#one(layout, byIds, id)));
    // A size of list for each power of two keeps the statements few.
    const power = Math.ceil(Math.log2(ids.length));
    return guarded(() => {
      const wanted = Array.from({ length: 2 ** power }, (_, at) => ids[at] ?? null);
      const rows = this.#byIds(layout, byIds, power).all(wanted);
      if (rows.length === 0) return ids.map(() => undefined);
      const byId = new Map(rows.map((found) => [String(found[0]), decodeRow(layout, found)]));
      return ids.map((id) => byId.get(id));
    });
  }

  isEmpty(collection: CollectionName): boolean {
    const { layout } = this.#known(collection);
    return guarded(() => this.#db.prepare(`SELECT 1 FROM ${layout.table} LIMIT 1`).get([]) === undefined);
  }

  revs(collection: CollectionName, ids: readonly string[]): number[] {
    const known = this.#known(collection);
    const rev = (known.rev ??= this.#db.prepare(`SELECT rev FROM ${known.layout.table} WHERE id = ?`));
    return guarded(() => ids.map((id) => Number(rev.get([id])?.[0] ?? 0)));
  }

  #one(layout: Layout, byIds: Statement[], id: string): Row | undefined {
    const found = this.#byIds(layout, byIds, 0).get([id]);
    return found === undefined ? undefined : decodeRow(layout, found);
  }

  /** The statement that reads rows of 2 to the power of `power` ids. */
  #byIds({ selected, table }: Layout, byIds: Statement[], power: number): Statement {
    const list = (): string => `IN (?${', ?'.repeat(2 ** power - 1)})`;
    return (byIds[power] ??= this.#db.prepare(`SELECT ${selected} FROM ${table} r WHERE id ${list()}`));
  }

  find(collection: CollectionName, query: Query): Page {
    const { order = [], limit = DEFAULT_LIMIT } = query;
    const { catalog, layout, rare } = this.#known(collection);
    const after = cursorPosition(query);
    return guarded(() => {
      const few = findRare(catalog, rare, query);
      if (few !== undefined) return few;
      const { from, where } = planQuery(catalog, query, walkOf(layout, query));
      const condition = after === undefined ? where : every([where, behind(layout, order, after)]);
      // Bodies are read only of the rows on the page: sorting does not carry them along. A CROSS JOIN is carried out
      // from left to right, so the rows come in the order of the page; one statement sees one moment.
      const page = `SELECT r.n FROM ${from.text} WHERE ${condition.text} ORDER BY ${orderBy(layout, order)} LIMIT ?`;
      const text = `SELECT ${layout.selected} FROM (${page}) p CROSS JOIN ${layout.table} r ON r.n = p.n`;
      const found = this.#db.prepare(text).all([...from.params, ...condition.params, limit + 1]);
      const rows = found.slice(0, limit).map((row) => decodeRow(layout, row));
      const last = rows.at(-1);
      if (found.length <= limit || last === undefined) return { rows };
      return { rows, next: encodeCursor(positionOf(last, order)) };
    });
  }

  count(collection: CollectionName, query: Query): number {
    const { catalog } = this.#known(collection);
    return guarded(() => {
      const { from, where, countOnly } = planQuery(catalog, query, undefined);
      const { text, params } =
        countOnly ?? sql(`SELECT count(*) FROM ${from.text} WHERE ${where.text}`, ...from.params, ...where.params);
      return Number(this.#db.prepare(text).get(params)?.[0] ?? 0);
    });
  }

  /**
   * What is read from now until `release` is of one moment. SQLite forgets the pages it has read whenever somebody has
   * written since; reads that share a moment share the pages too.
   */
  hold(): void {
    if (this.#held) return;
    guarded(() => {
      this.#db.prepare('BEGIN').run([]);
    });
    this.#held = true;
  }

  /** Ends what `hold` began: the next read sees what was written meanwhile. Never throws: nothing was to be kept. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    for (const end of ['COMMIT', 'ROLLBACK']) {
      try {
        this.#db.exec(end);
        return;
      } catch {
        // After a failed read SQLite may have ended the transaction by itself.
      }
    }
  }

  close(): void {
    this.#db.close();
  }

  #known(collection: CollectionName): Known {
    let known = this.#collections.get(collection);
    if (known === undefined) {
      const layout = layoutOf(collection);
      known = { layout, catalog: this.#catalog(layout), byIds: [], rare: new Map() };
      this.#collections.set(collection, known);
    }
    return known;
  }

  #catalog(layout: Layout): Catalog {
    const { collection } = layout;
    const codes = new Map<string, number>();
    return {
      db: this.#db,
      layout,
      hash: this.#hasher(collection),
      code: (field) => {
        const name = field === undefined ? collection : `${collection}/${field}`;
        const code = codes.get(name) ?? readCode(this.#db, name);
        if (code !== undefined) codes.set(name, code);
        return code;
      },
    };
  }
}

/** Fields of the index that has the order of the query behind fields that the query fixes; none for the order of ids. */
function walkOf({ orders }: Layout, { order = [], where = [] }: Query): readonly string[] | undefined {
  const [first] = order;
  if (first === undefined) return [];
  const fixed = new Set(where.filter(({ op }) => op === 'eq').map(({ field }) => field));
  const walks = orders
    .map((fields) => fields.map((field) => field.replace(/^-/u, '')))
    .map((names) => names.slice(0, names.indexOf(first.field) + 1))
    .filter((names) => names.length > 0 && names.slice(0, -1).every((name) => fixed.has(name)));
  return walks.sort((a, b) => b.length - a.length)[0];
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof JingluoError) throw error;
    throw new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
