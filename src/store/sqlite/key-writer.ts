import { insertMany } from './batch.ts';
import type { Connection, SqlValue } from './binding.ts';
import { decodeRanges } from './codec.ts';
import { hashInteger, hashOrder } from './key-hash.ts';
import { readCode } from './schema.ts';

/** The search keys of a row as they are stored with it. */
export interface KeySet {
  /** Hashes of exact keys, 8 Latin-1 characters each. */
  readonly keys: string;
  /** Ordered keys, JSON text. */
  readonly ordered: string | null;
  /** Ranges, JSON text. */
  readonly ranges: string | null;
}

/** The keys of no row. */
export const NO_KEYS: KeySet = { keys: '', ordered: null, ranges: null };

/** Keys sort by 32 bits of their hash; their place in the list goes along in the bits below. */
const PLACES = 2 ** 20;

/**
 * Collects what a group changes in the key tables and writes it at its end: in the order of the tables, many rows with
 * one statement.
 */
export class KeyWriter {
  readonly #db: Connection;
  #hashes: string[] = [];
  #rows: number[] = [];
  #ordered: (readonly [code: number, key: string, row: number])[] = [];
  #ranges: (readonly SqlValue[])[] = [];
  /** Codes of collections and range fields by name. */
  #codes = new Map<string, number>();

  constructor(db: Connection) {
    this.#db = db;
  }

  /** The keys of a row were `before` and are `after` now. Of those that stay nothing is written. */
  change(collection: string, row: number, before: KeySet, after: KeySet): void {
    if (before.keys !== after.keys) this.#exact(row, before.keys, after.keys);
    if (before.ordered !== after.ordered) {
      const code = this.#code(collection);
      const { added, removed } = differences(list(before.ordered), list(after.ordered));
      const remove = 'DELETE FROM ordered_keys WHERE code = ? AND key = ? AND row = ?';
      for (const key of removed) this.#db.prepare(remove).run([code, key, row]);
      for (const key of added) this.#ordered.push([code, key, row]);
    }
    if (before.ranges !== after.ranges) {
      const [old, now] = [this.#intervals(collection, before.ranges), this.#intervals(collection, after.ranges)];
      const { added, removed } = differences([...old.keys()], [...now.keys()]);
      const remove = 'DELETE FROM range_keys WHERE code = ? AND low = ? AND high = ? AND row = ?';
      for (const name of removed) this.#db.prepare(remove).run([...(old.get(name) ?? []), row]);
      for (const name of added) this.#ranges.push([...(now.get(name) ?? []), row]);
    }
  }

  /** Writes what was collected. */
  flush(): void {
    insertMany(this.#db, 'exact_keys', this.#sortedHashes());
    this.#ordered.sort(([code, key], [otherCode, otherKey]) => code - otherCode || (key < otherKey ? -1 : 1));
    insertMany(this.#db, 'ordered_keys', this.#ordered);
    insertMany(this.#db, 'range_keys', this.#ranges);
    [this.#hashes, this.#rows, this.#ordered, this.#ranges] = [[], [], [], []];
  }

  /** Nothing that was collected, and no code that was made, is there any more. */
  forget(): void {
    [this.#hashes, this.#rows, this.#ordered, this.#ranges] = [[], [], [], []];
    this.#codes = new Map();
  }

  #exact(row: number, before: string, after: string): void {
    const { added, removed } = differences(split(before), split(after));
    const remove = 'DELETE FROM exact_keys WHERE hash = ? AND row = ?';
    for (const hash of removed) this.#db.prepare(remove).run([hashInteger(hash), row]);
    for (const hash of added) {
      this.#hashes.push(hash);
      this.#rows.push(row);
      if (this.#hashes.length === PLACES) this.flush();
    }
  }

  #sortedHashes(): (readonly SqlValue[])[] {
    // Numbers in a typed array are sorted by machine code; a comparing function would cost as much as the writing.
    const order = Float64Array.from(this.#hashes, (hash, place) => hashOrder(hash) * PLACES + place).sort();
    return Array.from(order, (entry) => {
      const place = entry - Math.floor(entry / PLACES) * PLACES;
      return [hashInteger(this.#hashes[place] ?? ''), this.#rows[place] ?? 0];
    });
  }

  /** Code, low and high of every interval, under a name that equals for equal ones. */
  #intervals(collection: string, text: string | null): ReadonlyMap<string, readonly number[]> {
    const intervals = new Map<string, readonly number[]>();
    for (const [field, ranges] of Object.entries(decodeRanges(text))) {
      const code = this.#code(`${collection}/${field}`);
      for (const [low, high] of ranges) intervals.set(`${code} ${low} ${high}`, [code, low, high]);
    }
    return intervals;
  }

  #code(name: string): number {
    let code = this.#codes.get(name) ?? readCode(this.#db, name);
    if (code === undefined) {
      this.#db.prepare('INSERT INTO names (name) VALUES (?)').run([name]);
      code = readCode(this.#db, name) ?? 0;
    }
    this.#codes.set(name, code);
    return code;
  }
}

function split(hashes: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < hashes.length; at += 8) parts.push(hashes.slice(at, at + 8));
  return parts;
}

function list(text: string | null): string[] {
  return text === null ? [] : (JSON.parse(text) as string[]);
}

function differences(
  before: readonly string[],
  after: readonly string[],
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  if (before.length === 0) return { added: after, removed: [] };
  const [old, now] = [new Set(before), new Set(after)];
  return { added: after.filter((key) => !old.has(key)), removed: before.filter((key) => !now.has(key)) };
}
