import { isNull, type Item } from '../run/cell.ts';
import type { Run } from '../run/run.ts';

const NONE: readonly Item[] = [];

/** Maps items one by one; nulls pass as they are, undefined leaves out. The run is handed on to `map`. */
export function mapItems(
  items: readonly Item[],
  map: (item: Item, run: Run) => Item | undefined,
  run: Run,
): readonly Item[] {
  const only = items[0];
  if (only === undefined) return items;
  if (items.length === 1) {
    if (isNull(only)) return items;
    const mapped = map(only, run);
    return mapped === undefined ? NONE : [mapped];
  }
  const out: Item[] = [];
  for (const item of items) {
    const mapped = isNull(item) ? item : map(item, run);
    if (mapped !== undefined) out.push(mapped);
  }
  return out;
}
