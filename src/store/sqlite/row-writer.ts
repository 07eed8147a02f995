import type { Connection, SqlRow, SqlValue } from './binding.ts';
import { decodeRanges } from './codec.ts';
import type { KeyHasher } from './key-hash.ts';
import { hashInteger } from './key-hash.ts';
import type { Layout } from './layout.ts';
import { readCode } from './schema.ts';
import type { WirePut } from './wire.ts';

/** What is stored of a row, without body. */
export interface OldRow {
  readonly n: number;
  readonly rev: number;
  /** Hashes of exact keys, 8 Latin-1 characters each. */
  readonly keys: string;
  readonly ordered: string | null;
  readonly ranges: string | null;
  readonly fields: SqlRow;
}

/** Everything of a put that is not the row's name. */
type Content = Pick<OldRow, 'keys' | 'ordered' | 'ranges' | 'fields'> & { readonly tail: readonly SqlValue[] };

const NOTHING = { keys: '', ordered: null, ranges: null } as const;

/** Writes rows of one collection; of the keys of an existing row only what differs is written. */
export class RowWriter {
  readonly #db: Connection;
  readonly #layout: Layout;
  readonly #hash: KeyHasher;
  readonly #code: number;
  readonly #select: string;
  readonly #insert: string;
  /** Range fields by name. */
  readonly #codes = new Map<string, number>();
  /** Number of the next new row. This is the only writer of the file. */
  #next: number;

  constructor(db: Connection, layout: Layout, hash: KeyHasher) {
    this.#db = db;
    this.#layout = layout;
    this.#hash = hash;
    const columns = layout.fields.map(({ column }) => column);
    this.#code = readCode(db, layout.collection) ?? 0;
    this.#next = Number(db.prepare(`SELECT max(n) FROM ${layout.table}`).get([])?.[0] ?? 0) + 1;
    const head = ['n', 'rev', 'keys', 'ordered', 'ranges', ...columns];
    this.#select = `SELECT ${head.join(', ')} FROM ${layout.table} WHERE id = ?`;
    const all = [...head, 'id', 'note', 'body'];
    this.#insert = `INSERT INTO ${layout.table} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
  }

  /** What is stored under an id. */
  read(id: string): OldRow | undefined {
    const found = this.#db.prepare(this.#select).get([id]);
    if (found === undefined) return undefined;
    const [n, rev, keys, ordered, ranges, ...fields] = found;
    return {
      n: Number(n),
      rev: Number(rev),
      keys:
        keys instanceof Uint8Array ? Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength).toString('latin1') : '',
      ordered: typeof ordered === 'string' ? ordered : null,
      ranges: typeof ranges === 'string' ? ranges : null,
      fields,
    };
  }

  /** Inserts a row, or replaces the old one. */
  put([, id, body, note, keys, ordered, ranges, , fields]: WirePut, old: OldRow | undefined): void {
    if (keys === null) {
      if (old !== undefined) this.#update(old, { ...old, tail: [note, body] });
      return;
    }
    const hashes = keys.map((key) => this.#hash(key)).join('');
    const content: Content = { keys: hashes, ordered, ranges, fields, tail: [note, body] };
    const n = old?.n ?? this.#next++;
    if (old === undefined) {
      const columns = [n, 1, keyBlob(hashes), ordered, ranges, ...fields, id, note, body];
      this.#db.prepare(this.#insert).run(columns);
    } else this.#update(old, content);
    this.#writeKeys(n, old ?? NOTHING, content);
  }

  /** Deletes a row and its keys. */
  delete(old: OldRow): void {
    this.#db.prepare(`DELETE FROM ${this.#layout.table} WHERE n = ?`).run([old.n]);
    this.#writeKeys(old.n, old, NOTHING);
  }

  /** A column that did not change is left out: setting it would rewrite its indexes. */
  #update(old: OldRow, { keys, ordered, ranges, fields, tail }: Content): void {
    const changed = this.#layout.fields.map((_, index) => index).filter((index) => fields[index] !== old.fields[index]);
    const columns = ['rev', 'keys', 'ordered', 'ranges', 'note', 'body'];
    const sets = [...columns, ...changed.map((index) => this.#layout.fields[index]?.column ?? '')];
    const sql = `UPDATE ${this.#layout.table} SET ${sets.map((column) => `${column} = ?`).join(', ')} WHERE n = ?`;
    const values = changed.map((index) => fields[index] ?? null);
    this.#db.prepare(sql).run([old.rev + 1, keyBlob(keys), ordered, ranges, ...tail, ...values, old.n]);
  }

  #writeKeys(n: number, old: Omit<Content, 'fields' | 'tail'>, now: Omit<Content, 'fields' | 'tail'>): void {
    if (old.keys !== now.keys) {
      const { added, removed } = differences(split(old.keys), split(now.keys));
      this.#each('DELETE FROM exact_keys WHERE hash = ? AND row = ?', removed, (hash) => [hashInteger(hash), n]);
      this.#each('INSERT OR IGNORE INTO exact_keys VALUES (?, ?)', added, (hash) => [hashInteger(hash), n]);
    }
    if (old.ordered !== now.ordered) {
      const { added, removed } = differences(list(old.ordered), list(now.ordered));
      const params = (key: string): SqlValue[] => [this.#code, key, n];
      this.#each('DELETE FROM ordered_keys WHERE code = ? AND key = ? AND row = ?', removed, params);
      this.#each('INSERT OR IGNORE INTO ordered_keys VALUES (?, ?, ?)', added, params);
    }
    if (old.ranges !== now.ranges) {
      const [before, after] = [this.#intervals(old.ranges), this.#intervals(now.ranges)];
      const { added, removed } = differences([...before.keys()], [...after.keys()]);
      const sql = 'DELETE FROM range_keys WHERE code = ? AND low = ? AND high = ? AND row = ?';
      this.#each(sql, removed, (name) => [...(before.get(name) ?? []), n]);
      this.#each('INSERT OR IGNORE INTO range_keys VALUES (?, ?, ?, ?)', added, (name) => [
        ...(after.get(name) ?? []),
        n,
      ]);
    }
  }

  #each(sql: string, items: readonly string[], params: (item: string) => readonly SqlValue[]): void {
    if (items.length === 0) return;
    const statement = this.#db.prepare(sql);
    for (const item of items) statement.run(params(item));
  }

  /** Code, low and high of every interval, under a name that equals for equal ones. */
  #intervals(text: string | null): ReadonlyMap<string, readonly number[]> {
    const intervals = new Map<string, readonly number[]>();
    for (const [field, ranges] of Object.entries(decodeRanges(text))) {
      const code = this.#rangeCode(field);
      for (const [low, high] of ranges) intervals.set(`${code} ${low} ${high}`, [code, low, high]);
    }
    return intervals;
  }

  #rangeCode(field: string): number {
    const known = this.#codes.get(field);
    if (known !== undefined) return known;
    const name = `${this.#layout.collection}/${field}`;
    const stored = readCode(this.#db, name);
    // A code made in a commit that is rolled back must not be remembered: it is read back the next time.
    if (stored !== undefined) this.#codes.set(field, stored);
    else this.#db.prepare('INSERT INTO names (name) VALUES (?)').run([name]);
    return stored ?? readCode(this.#db, name) ?? 0;
  }
}

function keyBlob(hashes: string): Uint8Array | null {
  return hashes === '' ? null : Buffer.from(hashes, 'latin1');
}

function split(hashes: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < hashes.length; at += 8) parts.push(hashes.slice(at, at + 8));
  return parts;
}

function list(text: string | null): string[] {
  return text === null ? [] : (JSON.parse(text) as string[]);
}

function differences(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  if (before.length === 0) return { added: [...after], removed: [] };
  const [old, now] = [new Set(before), new Set(after)];
  return { added: after.filter((key) => !old.has(key)), removed: before.filter((key) => !now.has(key)) };
}
