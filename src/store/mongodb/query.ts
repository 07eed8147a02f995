import type { CollectionName } from '../collections.ts';
import type { Position } from '../order.ts';
import type { FieldTerm, KeyTerm, Order, Query, RangeTerm } from '../port.ts';
import { fieldPath, kindOf, prefixOf, sortPath } from './layout.ts';

/** A filter of MongoDB's query language. */
export type Condition = Readonly<Record<string, unknown>>;

/** A condition that nothing meets. */
const NOTHING: Condition = { _id: { $in: [] } };

/** Every part of a query except order, cursor and limit, as one filter. */
export function filterOf(collection: CollectionName, query: Query): Condition {
  const prefix = prefixOf(collection);
  const parts: Condition[] = [
    ...(query.all ?? []).map((term) => keyCondition(`${prefix}k`, term)),
    ...(query.none === undefined || query.none.length === 0 ? [] : [{ [`${prefix}k`]: { $nin: query.none } }]),
    ...(query.prefix ?? []).map((prefixes) => anyOf(prefixes.map((start) => prefixCondition(`${prefix}o`, start)))),
    ...(query.where ?? []).map((term) => fieldCondition(collection, term)),
    ...(query.ranges ?? []).map((terms) => anyOf(terms.map((term) => rangeCondition(collection, term)))),
  ];
  return allOf(parts);
}

function allOf(parts: readonly Condition[]): Condition {
  const [first, ...rest] = parts;
  if (first === undefined) return {};
  return rest.length === 0 ? first : { $and: parts };
}

function anyOf(parts: readonly Condition[]): Condition {
  const [first, ...rest] = parts;
  if (first === undefined) return NOTHING;
  return rest.length === 0 ? first : { $or: parts };
}

function keyCondition(path: string, term: KeyTerm): Condition {
  return { [path]: typeof term === 'string' ? term : { $in: term } };
}

// A range within $elemMatch, not a regular expression: bounds on an array may otherwise be met by different elements.
function prefixCondition(path: string, start: string): Condition {
  const end = successor(start);
  return { [path]: { $elemMatch: end === undefined ? { $gte: start } : { $gte: start, $lt: end } } };
}

/** The least string, by code point, that is greater than every string with this prefix; undefined where there is none. */
function successor(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.length - 1; last >= 0; last -= 1) {
    const point = points[last]?.codePointAt(0) ?? 0;
    if (point >= 0x10ffff) continue;
    // The code points of surrogates cannot be written in UTF-8.
    const next = point === 0xd7ff ? 0xe000 : point + 1;
    return points.slice(0, last).join('') + String.fromCodePoint(next);
  }
  return undefined;
}

const OPERATORS = { eq: '$eq', lt: '$lt', le: '$lte', gt: '$gt', ge: '$gte' } as const;

function fieldCondition(collection: CollectionName, term: FieldTerm): Condition {
  const path = fieldPath(collection, term.field);
  if (term.op === 'exists') return { [path]: { $exists: term.value } };
  if (term.op === 'in') return { [path]: { $in: term.value.map((value) => native(collection, term.field, value)) } };
  return { [path]: { [OPERATORS[term.op]]: native(collection, term.field, term.value) } };
}

/** A date field compares with dates, whether a search gives milliseconds or a Date; a number field the other way round. */
function native(collection: CollectionName, field: string, value: string | number | Date): string | number | Date {
  const kind = kindOf(collection, field);
  if (kind === 'date' && typeof value === 'number') return new Date(value);
  return kind === 'number' && value instanceof Date ? value.getTime() : value;
}

function rangeCondition(collection: CollectionName, term: RangeTerm): Condition {
  const low = bounds(term.lowGe, term.lowGt, term.lowLe, term.lowLt);
  const high = bounds(term.highGe, term.highGt, term.highLe, term.highLt);
  const match = {
    $elemMatch: { l: { $exists: true, ...low }, ...(Object.keys(high).length === 0 ? {} : { h: high }) },
  };
  return { [fieldPath(collection, term.field)]: term.not === true ? { $not: match } : match };
}

/** The four bounds of one end. */
function bounds(ge?: number, gt?: number, le?: number, lt?: number): Condition {
  const all = { $gte: ge, $gt: gt, $lte: le, $lt: lt };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Sort specification of an order; ties are broken by id in the direction of the last criterion. */
export function sortOf(collection: CollectionName, order: readonly Order[]): [string, 1 | -1][] {
  return [
    ...order.map(({ field, descending }): [string, 1 | -1] => [
      sortPath(collection, field),
      descending === true ? -1 : 1,
    ]),
    ['_id', order.at(-1)?.descending === true ? -1 : 1],
  ];
}

/** Rows behind a place: behind it in the first criterion, or level there and behind it in the next, and so on to the id. */
export function afterCondition(collection: CollectionName, order: readonly Order[], position: Position): Condition {
  const criteria = order.map(({ field, descending }, index) => {
    const value = position.values[index] ?? null;
    return {
      path: sortPath(collection, field),
      descending: descending === true,
      value: placed(collection, field, value),
    };
  });
  const last = criteria.at(-1)?.descending === true;
  const alternatives = [...criteria, { path: '_id', descending: last, value: position.id }].map((criterion, index) =>
    allOf([...criteria.slice(0, index).map(({ path, value }) => ({ [path]: value })), behind(criterion)]),
  );
  return anyOf(alternatives);
}

function placed(
  collection: CollectionName,
  field: string,
  value: string | number | null,
): string | number | Date | null {
  return value === null ? null : native(collection, field, value);
}

interface Criterion {
  readonly path: string;
  readonly descending: boolean;
  readonly value: string | number | Date | null;
}

/** A missing value is `null` and sorts before every other, as in `sortValue`. */
function behind({ path, descending, value }: Criterion): Condition {
  if (value === null) return descending ? NOTHING : { [path]: { $ne: null } };
  if (!descending) return { [path]: { $gt: value } };
  return path === '_id' ? { [path]: { $lt: value } } : { $or: [{ [path]: { $lt: value } }, { [path]: null }] };
}
