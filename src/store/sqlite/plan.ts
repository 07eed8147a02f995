import { DEFAULT_LIMIT } from '../check.ts';
import type { Query } from '../port.ts';
import type { Connection } from './binding.ts';
import { bounds, fieldHolds, hasKey, hasPrefix, rangeHolds, startsWith } from './conditions.ts';
import type { KeyHasher } from './key-hash.ts';
import { hashInteger } from './key-hash.ts';
import type { Layout } from './layout.ts';
import type { Sql } from './sql.ts';
import { any, every, sql, wrap } from './sql.ts';

/** Rows counted of a term before it is called common. */
const COMMON = 20_000;
/** A term as rare as this is taken without looking at the others. */
export const RARE = 50;

/** What the planner needs of a collection in an open file. */
export interface Catalog {
  readonly db: Connection;
  readonly layout: Layout;
  readonly hash: KeyHasher;
  /** Number of the collection (no field) or of one of its ranges fields; undefined where nothing was ever stored. */
  code(field?: string): number | undefined;
}

/** One part of a query: as a condition on a row, and as a source of row numbers where a key table can give them. */
interface Term {
  readonly condition: Sql;
  /** Row numbers, repeated where a row is found twice. */
  readonly source?: Sql;
  /** The source gives no row twice. */
  readonly distinct?: boolean;
}

/** How a search is carried out: FROM (row `r`) and WHERE. */
export interface Plan {
  readonly from: Sql;
  readonly where: Sql;
  /** Counts without looking at the rows themselves, where the source alone decides. */
  readonly countOnly?: Sql;
}

/**
 * Chooses where a search starts: from its rarest key, or, where all are common, from the table in its order.
 * @param walk fields of the index (none: the ids) that has the order of the query; undefined where nothing has it
 */
export function planQuery(catalog: Catalog, query: Query, walk: readonly string[] | undefined): Plan {
  const terms = [...keyTerms(catalog, query), ...prefixTerms(catalog, query), ...rangeTerms(catalog, query)];
  const start = choose(catalog, terms, walk === undefined ? undefined : (query.limit ?? DEFAULT_LIMIT));
  const walked = start === undefined && walk !== undefined && commonFields(catalog, query) ? walk : undefined;
  const rest = [
    ...(query.none ?? []).map((key) => wrap('NOT %', hasKey([hashInteger(catalog.hash(key))]))),
    ...(query.where ?? []).map((term) => fieldHolds(term, walked === undefined || walked.includes(term.field))),
  ];
  const { table } = catalog.layout;
  const others = terms.filter((term) => term !== start).map(({ condition }) => condition);
  const where = every([...others, ...rest]);
  if (start?.source === undefined) return { from: sql(`${table} r`), where };
  const rows = wrap(start.distinct === true ? '(%)' : '(SELECT DISTINCT row FROM (%))', start.source);
  const plan = { from: wrap(`% d CROSS JOIN ${table} r ON r.n = d.row`, rows), where };
  return others.length + rest.length > 0 ? plan : { ...plan, countOnly: wrap('SELECT count(*) FROM %', rows) };
}

/** The rarest term; none where walking the table until a page is full is cheaper. `page` is absent where that cannot be. */
function choose(catalog: Catalog, terms: readonly Term[], page: number | undefined): Term | undefined {
  const [first, ...others] = terms.filter(({ source }) => source !== undefined);
  if (first === undefined || (others.length === 0 && page === undefined)) return first;
  let best = { term: first, rows: rowsOf(catalog, first) };
  for (const term of others) {
    if (best.rows <= RARE) break;
    const rows = rowsOf(catalog, term);
    if (rows < best.rows) best = { term, rows };
  }
  return page !== undefined && worthWalking(catalog, best.rows, page) ? undefined : best.term;
}

/** A page is full after `page` in `rows` of all rows; wrong guesses cost more than sorting, so it must be four times cheaper. */
function worthWalking({ db, layout }: Catalog, rows: number, page: number): boolean {
  if (rows <= page) return false;
  const all = Number(db.prepare(`SELECT max(n) FROM ${layout.table}`).get([])?.[0] ?? 0);
  return rows === COMMON || 4 * page * all < rows * rows;
}

/** So many rows meet the conditions on fields that the index of a field must not be followed instead of the order. */
function commonFields(catalog: Catalog, { where = [], limit = DEFAULT_LIMIT }: Query): boolean {
  const { layout } = catalog;
  const first = where.find(({ field, op }) => op !== 'exists' && layout.orders.some(([head]) => head === field));
  if (first === undefined) return false;
  const source = wrap(`SELECT 1 FROM ${layout.table} r WHERE %`, fieldHolds(first, true));
  return worthWalking(catalog, rowsOf(catalog, { condition: source, source }), limit);
}

/** Rows that a source gives, counted up to `COMMON`. */
function rowsOf({ db }: Catalog, { source = sql('SELECT 1 WHERE 0') }: Term): number {
  const { text, params } = wrap(`SELECT count(*) FROM (SELECT 1 FROM (%) LIMIT ${COMMON})`, source);
  return Number(db.prepare(text).get(params)?.[0] ?? 0);
}

function keyTerms({ hash }: Catalog, { all = [] }: Query): Term[] {
  return all.map((term) => {
    const keys = typeof term === 'string' ? [term] : [...new Set(term)];
    const hashes = keys.map((key) => hashInteger(hash(key)));
    const source = sql(`SELECT row FROM exact_keys WHERE hash IN (${hashes.map(() => '?').join(', ')})`, ...hashes);
    return { condition: hasKey(hashes), source, distinct: hashes.length <= 1 };
  });
}

function prefixTerms(catalog: Catalog, { prefix = [] }: Query): Term[] {
  const code = catalog.code() ?? -1;
  return prefix.map((prefixes) => ({
    condition: hasPrefix(prefixes),
    source: union(
      prefixes.map((text) => every([sql('code = ?', code), startsWith('key', text)])),
      'ordered_keys',
    ),
  }));
}

function rangeTerms(catalog: Catalog, { ranges = [] }: Query): Term[] {
  return ranges.map((alternatives) => {
    const condition = any(alternatives.map(rangeHolds));
    if (alternatives.some(({ not }) => not === true)) return { condition };
    const parts = alternatives.map((term) =>
      every([sql('code = ?', catalog.code(term.field) ?? -1), ...bounds(term, 'low', 'high')]),
    );
    return { condition, source: union(parts, 'range_keys') };
  });
}

function union(conditions: readonly Sql[], table: string): Sql {
  if (conditions.length === 0) return sql(`SELECT row FROM ${table} WHERE 0`);
  const parts = conditions.map((condition) => wrap(`SELECT row FROM ${table} WHERE %`, condition));
  return { text: parts.map(({ text }) => text).join(' UNION ALL '), params: parts.flatMap(({ params }) => params) };
}
