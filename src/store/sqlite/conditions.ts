import { scalar } from '../match.ts';
import type { Position } from '../order.ts';
import type { FieldTerm, Order, RangeTerm } from '../port.ts';
import type { Layout } from './layout.ts';
import { columnOf } from './layout.ts';
import type { Sql } from './sql.ts';
import { any, every, marks, sql, wrap } from './sql.ts';

// Conditions on one row `r` of a collection: none of them needs to look at another row.

/** Any of these hashed keys is a key of the row. */
export function hasKey(hashes: readonly bigint[]): Sql {
  return sql(
    `EXISTS (SELECT 1 FROM exact_keys k WHERE k.hash IN (${marks(hashes.length)}) AND k.row = r.n)`,
    ...hashes,
  );
}

/** Any ordered key of the row begins with any of the prefixes. */
export function hasPrefix(prefixes: readonly string[]): Sql {
  return wrap(
    'EXISTS (SELECT 1 FROM json_each(r.ordered) j WHERE %)',
    any(prefixes.map((p) => startsWith('j.value', p))),
  );
}

/** A text column begins with a prefix, as a range that an index can follow. */
export function startsWith(column: string, prefix: string): Sql {
  // Behind every text with this prefix: U+10FFFF is the last code point and no character.
  return sql(`(${column} >= ? AND ${column} < ?)`, prefix, `${prefix}\u{10ffff}\u{10ffff}`);
}

const OPERATORS = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/** A condition on a declared field; `indexed` lets SQLite look for the rows through an index of it. */
export function fieldHolds(term: FieldTerm, indexed: boolean): Sql {
  const column = `${indexed ? '' : '+'}r.${columnOf(term.field)}`;
  if (term.op === 'exists') return sql(`${column} IS ${term.value ? 'NOT NULL' : 'NULL'}`);
  if (term.op === 'in') return sql(`${column} IN (${marks(term.value.length)})`, ...term.value);
  return sql(`${column} ${OPERATORS[term.op]} ?`, scalar(term.value) ?? null);
}

/** A range condition, looked up in the row itself. */
export function rangeHolds(term: RangeTerm): Sql {
  const condition = every(bounds(term, `json_extract(j.value, '$[0]')`, `json_extract(j.value, '$[1]')`));
  const exists = wrap(`EXISTS (SELECT 1 FROM json_each(r.ranges, ${jsonPath(term.field)}) j WHERE %)`, condition);
  return term.not === true ? wrap('NOT %', exists) : exists;
}

/** The bounds of a range term on two columns. */
export function bounds(term: RangeTerm, low: string, high: string): Sql[] {
  const given: readonly (readonly [string, number | undefined])[] = [
    [`${low} >= ?`, term.lowGe],
    [`${low} > ?`, term.lowGt],
    [`${low} <= ?`, term.lowLe],
    [`${low} < ?`, term.lowLt],
    [`${high} >= ?`, term.highGe],
    [`${high} > ?`, term.highGt],
    [`${high} <= ?`, term.highLe],
    [`${high} < ?`, term.highLt],
  ];
  return given.flatMap(([text, bound]) => (bound === undefined ? [] : [sql(text, bound)]));
}

function jsonPath(field: string): string {
  return `'$."${field.replaceAll("'", "''")}"'`;
}

/** What a row sorts by: the column of a declared field, else the smallest low of a ranges field. */
function sortExpression(layout: Layout, field: string): string {
  if (layout.fields.some(({ name }) => name === field)) return `r.${columnOf(field)}`;
  return `(SELECT min(json_extract(j.value, '$[0]')) FROM json_each(r.ranges, ${jsonPath(field)}) j)`;
}

/** The ORDER BY list of a search. */
export function orderBy(layout: Layout, order: readonly Order[]): string {
  const criteria = order.map(
    ({ field, descending }) => `${sortExpression(layout, field)}${descending === true ? ' DESC' : ''}`,
  );
  return [...criteria, `r.id${order.at(-1)?.descending === true ? ' DESC' : ''}`].join(', ');
}

/** The row stands behind a place in the order of a search. */
export function behind(layout: Layout, order: readonly Order[], { values, id }: Position): Sql {
  const last = sql(order.at(-1)?.descending === true ? 'r.id < ?' : 'r.id > ?', id);
  return order.reduceRight((rest, { field, descending }, index) => {
    const column = sortExpression(layout, field);
    const value = values[index] ?? null;
    const same = value === null ? sql(`${column} IS NULL`) : sql(`${column} = ?`, value);
    const here = any([...beyond(column, value, descending === true), every([same, rest])]);
    // Not needed, but what an index can start from.
    return value === null || descending === true ? here : every([sql(`${column} >= ?`, value), here]);
  }, last);
}

function beyond(column: string, value: string | number | null, descending: boolean): Sql[] {
  if (!descending) return [value === null ? sql(`${column} IS NOT NULL`) : sql(`${column} > ?`, value)];
  return value === null ? [] : [sql(`${column} < ?`, value), sql(`${column} IS NULL`)];
}
