import { DEFAULT_LIMIT } from '../check.ts';
import { compileQuery } from '../match.ts';
import type { Position } from '../order.ts';
import { comparePositions, cursorPosition, encodeCursor, positionOf } from '../order.ts';
import type { Page, Query } from '../port.ts';
import type { SqlRow, Statement } from './binding.ts';
import { decodeFields, decodeRow } from './codec.ts';
import { hashInteger } from './key-hash.ts';
import type { Catalog } from './plan.ts';
import { RARE } from './plan.ts';
import { marks } from './sql.ts';

/** The statements of a key term with so many keys. */
interface RareStatements {
  /** Finds out whether the term is rare. */
  readonly look: Statement;
  /** Reads every row that meets it. */
  readonly rows: Statement;
}

/** Statements of a collection, by the number of keys in the term. */
export type RareCache = Map<number, RareStatements>;

/**
 * Answers what is asked most: who has this key, or one of these? Where few rows have, they are read by their numbers
 * and filtered and sorted here, and where none has, no row is looked for.
 * @returns undefined where the search needs a plan: the key is common, or other keys decide as well
 */
export function findRare(catalog: Catalog, cache: RareCache, query: Query): Page | undefined {
  const { all = [], none = [], prefix = [] } = query;
  const [term] = all;
  if (term === undefined || all.length + none.length + prefix.length > 1) return undefined;
  const keys = typeof term === 'string' ? [term] : [...new Set(term)];
  const hashes = keys.map((key) => hashInteger(catalog.hash(key)));
  const { look, rows } = statements(catalog, cache, hashes.length);
  const after = cursorPosition(query);
  const seen = look.all(hashes).length;
  if (seen > RARE) return undefined;
  // The second look is by itself of one moment; the first has only told that it is worth it.
  return pageOf(catalog, query, seen === 0 ? [] : rows.all(hashes), after);
}

function pageOf({ layout }: Catalog, query: Query, found: readonly SqlRow[], after: Position | undefined): Page {
  const { where = [], ranges = [], order = [], limit = DEFAULT_LIMIT } = query;
  const matches = compileQuery({ where, ranges });
  const candidates = found
    .map((columns) => ({ columns, id: String(columns[0]), fields: decodeFields(layout, columns) }))
    .filter(({ fields }) => matches({ keys: NO_KEYS, ordered: [], fields }))
    .map(({ columns, id, fields }) => ({ columns, fields, position: positionOf({ id, fields }, order) }))
    .filter(({ position }) => after === undefined || comparePositions(position, after, order) > 0)
    .sort((a, b) => comparePositions(a.position, b.position, order));
  const rows = candidates.slice(0, limit).map(({ columns, fields }) => decodeRow(layout, columns, fields));
  const last = candidates[limit - 1];
  return candidates.length <= limit || last === undefined ? { rows } : { rows, next: encodeCursor(last.position) };
}

const NO_KEYS: ReadonlySet<string> = new Set();

function statements({ db, layout }: Catalog, cache: RareCache, keys: number): RareStatements {
  let known = cache.get(keys);
  if (known === undefined) {
    const source = `SELECT row FROM exact_keys WHERE hash IN (${marks(keys)})`;
    known = {
      look: db.prepare(`${source} LIMIT ${RARE + 1}`),
      rows: db.prepare(
        `SELECT ${layout.selected} FROM (SELECT DISTINCT row FROM (${source})) d CROSS JOIN ${layout.table} r ON r.n = d.row`,
      ),
    };
    cache.set(keys, known);
  }
  return known;
}
