import { isNull, type Item } from '../run/cell.ts';

const NONE: readonly Item[] = [];

/** Maps items one by one; nulls pass as they are, undefined leaves out. */
export function mapItems(items: readonly Item[], map: (item: Item) => Item | undefined): readonly Item[] {
  const [only] = items;
  if (only === undefined) return items;
  if (items.length === 1) {
    if (isNull(only)) return items;
    const mapped = map(only);
    return mapped === undefined ? NONE : [mapped];
  }
  const out: Item[] = [];
  for (const item of items) {
    const mapped = isNull(item) ? item : map(item);
    if (mapped !== undefined) out.push(mapped);
  }
  return out;
}
