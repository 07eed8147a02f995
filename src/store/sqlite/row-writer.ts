import { inLists } from './batch.ts';
import type { Connection, SqlRow, SqlValue } from './binding.ts';
import { encodeContent } from './codec.ts';
import type { KeyHasher } from './key-hash.ts';
import type { KeySet, KeyWriter } from './key-writer.ts';
import { NO_KEYS } from './key-writer.ts';
import type { Layout } from './layout.ts';
import type { WirePut } from './wire.ts';

/** What is stored of a row, without body. */
interface Stored extends KeySet {
  readonly n: number;
  readonly rev: number;
  readonly fields: SqlRow;
}

/** A row as the group leaves it. */
interface Content extends KeySet {
  readonly rev: number;
  readonly fields: SqlRow;
  readonly body: string | Uint8Array;
  readonly note: string | null;
}

/** A row that the group looked at: as it is in the file, and as it is to be (nothing: deleted). */
interface Entry {
  readonly stored: Stored | undefined;
  changed: boolean;
  now: Stored | Content | undefined;
}

/** What a collection's rows are written with. */
interface Tools {
  readonly hash: KeyHasher;
  readonly keys: KeyWriter;
}

/**
 * Rows of one collection during a group: puts and deletes are decided in memory and written once, at the end of the
 * group. Of the keys and fields of a row only what differs is written.
 */
export class RowWriter {
  readonly #db: Connection;
  readonly #layout: Layout;
  readonly #tools: Tools;
  readonly #columns: string;
  readonly #insert: string;
  readonly #entries = new Map<string, Entry>();
  /** Number of the next new row. This is the only writer of the file. */
  #next: number;

  constructor(db: Connection, layout: Layout, tools: Tools) {
    this.#db = db;
    this.#layout = layout;
    this.#tools = tools;
    const columns = layout.fields.map(({ column }) => column);
    this.#next = Number(db.prepare(`SELECT max(n) FROM ${layout.table}`).get([])?.[0] ?? 0) + 1;
    this.#columns = ['id', 'n', 'rev', 'keys', 'ordered', 'ranges', ...columns].join(', ');
    const all = ['n', 'id', 'rev', 'keys', 'ordered', 'ranges', ...columns, 'note', 'body'];
    this.#insert = `INSERT INTO ${layout.table} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})`;
  }

  /** Reads what is stored under these ids, so that they need not be read one by one. */
  read(ids: Iterable<string>): void {
    const unread = [...ids].filter((id) => !this.#entries.has(id));
    inLists(unread, (list, params) => {
      const sql = `SELECT ${this.#columns} FROM ${this.#layout.table} WHERE id IN (${list})`;
      for (const [id, ...row] of this.#db.prepare(sql).all(params)) this.#remember(String(id), storedOf(row));
    });
    for (const id of unread) if (!this.#entries.has(id)) this.#remember(id, undefined);
  }

  /** Revision of a row; 0 where there is none. */
  rev(id: string): number {
    return this.#entry(id).now?.rev ?? 0;
  }

  /** Inserts or replaces a row. */
  put([, id, body, note, keys, ordered, ranges, , fields]: WirePut): void {
    const entry = this.#entry(id);
    const old = entry.now;
    if (keys === null && old === undefined) return;
    const rev = (old?.rev ?? 0) + 1;
    const kept = keys === null ? old : undefined;
    const hashes = kept === undefined ? (keys ?? []).map((key) => this.#tools.hash(key)).join('') : kept.keys;
    this.#change(entry, { ...(kept ?? { ordered, ranges, fields }), keys: hashes, rev, body, note });
  }

  /** Deletes a row; false where there is none. */
  delete(id: string): boolean {
    const entry = this.#entry(id);
    if (entry.now === undefined) return false;
    this.#change(entry, undefined);
    return true;
  }

  /** Writes what was changed and forgets what was read. Keys are only handed on. */
  flush(): void {
    for (const [id, entry] of this.#entries) if (entry.changed) this.#write(id, entry);
    this.#entries.clear();
  }

  #remember(id: string, stored: Stored | undefined): void {
    this.#entries.set(id, { stored, changed: false, now: stored });
  }

  #entry(id: string): Entry {
    if (!this.#entries.has(id)) this.read([id]);
    return this.#entries.get(id) ?? { stored: undefined, changed: false, now: undefined };
  }

  #change(entry: Entry, now: Content | undefined): void {
    entry.now = now;
    entry.changed = true;
  }

  #write(id: string, { stored, now }: Entry): void {
    if (stored === undefined && now === undefined) return;
    const n = stored?.n ?? this.#next++;
    if (now === undefined) this.#db.prepare(`DELETE FROM ${this.#layout.table} WHERE n = ?`).run([n]);
    else if ('body' in now) {
      const content = encodeContent(this.#layout, now.body, now.note);
      if (stored !== undefined) this.#update(stored, now, content);
      else this.#db.prepare(this.#insert).run([n, id, ...head(now), ...now.fields, ...content]);
    }
    this.#tools.keys.change(this.#layout.collection, n, stored ?? NO_KEYS, now ?? NO_KEYS);
  }

  /** A column that did not change is left out: setting it would rewrite its indexes. */
  #update({ n, fields: old }: Stored, now: Content, content: readonly SqlValue[]): void {
    const changed = this.#layout.fields.map((_, index) => index).filter((index) => now.fields[index] !== old[index]);
    const columns = ['rev', 'keys', 'ordered', 'ranges', 'note', 'body'];
    const sets = [...columns, ...changed.map((index) => this.#layout.fields[index]?.column ?? '')];
    const sql = `UPDATE ${this.#layout.table} SET ${sets.map((column) => `${column} = ?`).join(', ')} WHERE n = ?`;
    const values = changed.map((index) => now.fields[index] ?? null);
    this.#db.prepare(sql).run([...head(now), ...content, ...values, n]);
  }
}

function storedOf([n, rev, keys, ordered, ranges, ...fields]: SqlRow): Stored {
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

function head({ rev, keys, ordered, ranges }: Content): readonly SqlValue[] {
  return [rev, keys === '' ? null : Buffer.from(keys, 'latin1'), ordered, ranges];
}
