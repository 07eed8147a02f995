import { compileQuery } from '../match.ts';
import { comparePositions, cursorPosition, encodeCursor, positionOf } from '../order.ts';
import type { FieldValue, Page, Put, Query, Row } from '../port.ts';
import { copyRow } from './copy.ts';
import { DEFAULT_LIMIT } from '../check.ts';

/** A row with what it is searched by. */
interface StoredRow {
  readonly row: Row;
  readonly keys: ReadonlySet<string>;
  readonly ordered: readonly string[];
}

/** The rows of one collection in memory. Rows are copied in and out: nobody outside holds what is stored. */
export class MemoryTable {
  readonly #rows = new Map<string, StoredRow>();
  #sequence = 0;

  /** Revision of a row; 0 where there is none. */
  rev(id: string): number {
    return this.#rows.get(id)?.row.rev ?? 0;
  }

  get(id: string): Row | undefined {
    const stored = this.#rows.get(id);
    return stored === undefined ? undefined : copyRow(stored.row);
  }

  /** Writes a row and returns the sequence number that it asked for. */
  put(put: Put): number | undefined {
    const sequence = put.sequence === undefined ? undefined : (this.#sequence += 1);
    const fields: Record<string, FieldValue> = { ...put.fields };
    if (put.sequence !== undefined && sequence !== undefined) fields[put.sequence] = sequence;
    const { id, body, note, keys = [], ordered = [] } = put;
    const row: Row = { id, rev: this.rev(id) + 1, body, fields, ...(note === undefined ? {} : { note }) };
    const stored = put.bodyOnly === true ? this.#rows.get(id) : undefined;
    if (stored !== undefined) {
      this.#rows.set(id, { ...stored, row: copyRow({ ...row, fields: stored.row.fields }) });
      return undefined;
    }
    this.#rows.set(id, { row: copyRow(row), keys: new Set(keys), ordered: [...ordered] });
    return sequence;
  }

  /** Returns whether there was such a row. */
  delete(id: string): boolean {
    return this.#rows.delete(id);
  }

  /** Changes fields and bumps the revision. */
  update(id: string, fields: Readonly<Record<string, FieldValue>>): Row | undefined {
    const stored = this.#rows.get(id);
    if (stored === undefined) return undefined;
    const row = { ...stored.row, rev: stored.row.rev + 1, fields: { ...stored.row.fields, ...fields } };
    this.#rows.set(id, { ...stored, row });
    return copyRow(row);
  }

  find(query: Query): Page {
    const { order = [], limit = DEFAULT_LIMIT } = query;
    const after = cursorPosition(query);
    const placed = this.#matching(query)
      .map((row) => ({ row, position: positionOf(row, order) }))
      .filter(({ position }) => after === undefined || comparePositions(position, after, order) > 0)
      .sort((a, b) => comparePositions(a.position, b.position, order));
    const page = placed.slice(0, limit);
    const rows = page.map(({ row }) => copyRow(row));
    const last = page.at(-1);
    return placed.length > limit && last !== undefined ? { rows, next: encodeCursor(last.position) } : { rows };
  }

  count(query: Query): number {
    return this.#matching(query).length;
  }

  #matching(query: Query): Row[] {
    const matches = compileQuery(query);
    const stored = [...this.#rows.values()];
    return stored
      .filter(({ row, keys, ordered }) => matches({ keys, ordered, fields: row.fields }))
      .map(({ row }) => row);
  }
}
