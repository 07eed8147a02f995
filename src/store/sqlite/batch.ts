import type { Connection, SqlValue } from './binding.ts';
import { marks } from './sql.ts';

/** Rows written, or ids looked up, by one statement: few sizes, so that statements are few. */
const SIZES = [64, 16, 4, 1] as const;

/** Inserts many rows of one narrow table, several with one statement; those that are there already are left alone. */
export function insertMany(db: Connection, table: string, rows: readonly (readonly SqlValue[])[]): void {
  const row = `(${marks(rows[0]?.length ?? 0)})`;
  let at = 0;
  for (const size of SIZES) {
    if (rows.length - at < size) continue;
    const statement = db.prepare(`INSERT OR IGNORE INTO ${table} VALUES ${Array(size).fill(row).join(', ')}`);
    for (; rows.length - at >= size; at += size) statement.run(rows.slice(at, at + size).flat());
  }
}

/** Calls a statement that ends in a list of ids (`IN (?, …)`), with as many ids at once as there are; rests are filled with nothing. */
export function inLists(ids: readonly string[], look: (list: string, ids: readonly SqlValue[]) => void): void {
  const [most] = SIZES;
  for (let at = 0; at < ids.length; at += most) {
    const part: readonly SqlValue[] = ids.slice(at, at + most);
    const size = SIZES.findLast((one) => one >= part.length) ?? most;
    look(marks(size), [...part, ...Array<null>(size - part.length).fill(null)]);
  }
}
