import { JingluoError, problem } from '../core/problem.ts';
import { compareScalars, isRanges, scalar } from './match.ts';
import type { FieldValue, Order, Query, Row } from './port.ts';
import { compareText } from './text-order.ts';

/** Where a row stands in an order: the value of each criterion (`null` where missing), then the id. */
export interface Position {
  readonly values: readonly (string | number | null)[];
  readonly id: string;
}

/** The part of a row that decides its place. */
type Placed = Pick<Row, 'id' | 'fields'>;

/** The value that a row sorts by: a missing value sorts before every other, a ranges field by its smallest low. */
export function sortValue(value: FieldValue | undefined): string | number | null {
  if (!isRanges(value)) return scalar(value) ?? null;
  return value.length === 0 ? null : Math.min(...value.map(([low]) => low));
}

/** The place of a row in the order of a query. */
export function positionOf(row: Placed, order: readonly Order[]): Position {
  return { values: order.map(({ field }) => sortValue(row.fields[field])), id: row.id };
}

/** Compares two places; ties are broken by id in the direction of the last criterion. */
export function comparePositions(a: Position, b: Position, order: readonly Order[]): number {
  for (const [index, { descending }] of order.entries()) {
    const result = compareNullable(a.values[index] ?? null, b.values[index] ?? null);
    if (result !== 0) return descending === true ? -result : result;
  }
  const result = compareText(a.id, b.id);
  return order.at(-1)?.descending === true ? -result : result;
}

function compareNullable(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return compareScalars(a, b);
}

/** The cursor of a place; every driver uses this form, so that pages can be merged (`Draft.find`). */
export function encodeCursor({ values, id }: Position): string {
  // JSON has no infinity, which an open interval may sort by.
  const safe = values.map((value) =>
    typeof value === 'number' && !Number.isFinite(value) ? [value > 0 ? 1 : -1] : value,
  );
  return Buffer.from(JSON.stringify([...safe, id]), 'utf8').toString('base64url');
}

/**
 * The place that a query starts after, if it does.
 * @throws JingluoError `store.cursor-invalid`
 */
export function cursorPosition(query: Query): Position | undefined {
  if (query.after === undefined) return undefined;
  const order = query.order ?? [];
  const parts = parseCursor(query.after);
  const id = parts?.at(-1);
  if (parts?.length !== order.length + 1 || typeof id !== 'string') {
    throw new JingluoError(problem('store.cursor-invalid', 'The cursor does not belong to this search.'));
  }
  return { values: parts.slice(0, -1), id };
}

function parseCursor(cursor: string): (string | number | null)[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parts)) return undefined;
    const values = parts.map(cursorValue);
    return values.includes(undefined) ? undefined : values.map((value) => value ?? null);
  } catch {
    return undefined;
  }
}

function cursorValue(part: unknown): string | number | null | undefined {
  if (part === null || typeof part === 'string' || typeof part === 'number') return part;
  if (Array.isArray(part) && part.length === 1) return part[0] === 1 ? Infinity : -Infinity;
  return undefined;
}
