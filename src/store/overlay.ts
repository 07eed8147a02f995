import { checkQuery, DEFAULT_LIMIT } from './check.ts';
import type { CollectionName } from './collections.ts';
import { compileQuery, type Matches } from './match.ts';
import { comparePositions, cursorPosition, encodeCursor, positionOf } from './order.ts';
import type { Page, Query, Row, Store } from './port.ts';

/** A row that a draft writes, with its keys. */
export interface OwnRow {
  readonly row: Row;
  readonly keys: ReadonlySet<string>;
  readonly ordered: readonly string[];
}

/** Rows of one collection as a draft leaves them, over what is stored. */
export interface Overlay {
  readonly puts: Iterable<OwnRow>;
  /** The draft writes or deletes this row: what the store says of it no longer counts. */
  covers(id: string): boolean;
}

interface Placed {
  readonly row: Row;
  readonly position: ReturnType<typeof positionOf>;
}

/** A page of a search as if the overlay were stored already. */
export async function findOver(
  store: Pick<Store, 'find'>,
  collection: CollectionName,
  query: Query,
  overlay: Overlay,
): Promise<Page> {
  checkQuery(collection, query);
  const { order = [], limit = DEFAULT_LIMIT } = query;
  const stored: Row[] = [];
  let next = query.after;
  do {
    const page = await store.find(collection, next === undefined ? query : { ...query, after: next });
    stored.push(...page.rows.filter(({ id }) => !overlay.covers(id)));
    next = page.next;
  } while (next !== undefined && stored.length < limit);

  const own = ownRows(query, next, overlay);
  if (own.length === 0 && stored.length <= limit) return next === undefined ? { rows: stored } : { rows: stored, next };
  const placed = [...stored.map((row) => ({ row, position: positionOf(row, order) })), ...own].sort((a, b) =>
    comparePositions(a.position, b.position, order),
  );
  const page = placed.slice(0, limit);
  const last = page.at(-1);
  const cut = placed.length > limit && last !== undefined ? encodeCursor(last.position) : next;
  const rows = page.map(({ row }) => row);
  return cut === undefined ? { rows } : { rows, next: cut };
}

/** Rows of the overlay that match, up to where the store was read. */
function ownRows(query: Query, next: string | undefined, overlay: Overlay): readonly Placed[] {
  const { order = [] } = query;
  let matches: Matches | undefined;
  const own: Placed[] = [];
  for (const { row, keys, ordered } of overlay.puts) {
    matches ??= compileQuery(query);
    if (matches({ keys, ordered, fields: row.fields })) own.push({ row, position: positionOf(row, order) });
  }
  if (own.length === 0) return own;
  const from = cursorPosition(query);
  const to = next === undefined ? undefined : cursorPosition({ ...query, after: next });
  return own.filter(
    ({ position }) =>
      (from === undefined || comparePositions(position, from, order) > 0) &&
      (to === undefined || comparePositions(position, to, order) <= 0),
  );
}
