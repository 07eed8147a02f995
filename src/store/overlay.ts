import { checkQuery, DEFAULT_LIMIT } from './check.ts';
import type { CollectionName } from './collections.ts';
import { compileQuery } from './match.ts';
import { comparePositions, cursorPosition, encodeCursor, positionOf } from './order.ts';
import type { Page, Put, Query, Row, Store } from './port.ts';

/** Rows of one collection as a draft leaves them, over what is stored. */
export interface Overlay {
  readonly puts: readonly { readonly put: Put; readonly row: Row }[];
  /** The draft writes or deletes this row: what the store says of it no longer counts. */
  covers(id: string): boolean;
}

/** A page of a search as if the overlay were stored already. */
export async function findOver(
  store: Store,
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

  const from = cursorPosition(query);
  const to = next === undefined ? undefined : cursorPosition({ ...query, after: next });
  const matches = compileQuery(query);
  const own = overlay.puts
    .filter(({ put: { keys, ordered = [], fields = {} } }) => matches({ keys: new Set(keys), ordered, fields }))
    .map(({ row }) => ({ row, position: positionOf(row, order) }))
    .filter(({ position }) => from === undefined || comparePositions(position, from, order) > 0)
    .filter(({ position }) => to === undefined || comparePositions(position, to, order) <= 0);
  const placed = [...stored.map((row) => ({ row, position: positionOf(row, order) })), ...own].sort((a, b) =>
    comparePositions(a.position, b.position, order),
  );
  const page = placed.slice(0, limit);
  const last = page.at(-1);
  const cut = placed.length > limit && last !== undefined ? encodeCursor(last.position) : next;
  const rows = page.map(({ row }) => row);
  return cut === undefined ? { rows } : { rows, next: cut };
}
