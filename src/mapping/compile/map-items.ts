import { isNull, type Item } from '../run/cell.ts';

/** Maps items one by one; nulls pass as they are, undefined leaves out. */
export function mapItems(items: readonly Item[], map: (item: Item) => Item | undefined): readonly Item[] {
  if (items.length === 0) return items;
  const out: Item[] = [];
  for (const item of items) {
    const mapped = isNull(item) ? item : map(item);
    if (mapped !== undefined) out.push(mapped);
  }
  return out;
}
