import { isRanges } from '../match.ts';
import type { Body, FieldValue, Ranges, Row } from '../port.ts';
import type { SqlRow, SqlValue } from './binding.ts';
import type { FieldColumn, Layout } from './layout.ts';

/** A body as its column holds it. Documents are JSON text in which a date is `{"$date": ms}`. */
export function encodeBody(body: Body): string | Uint8Array {
  if (body instanceof Uint8Array) return body;
  return encodeText(typeof body === 'string' ? body : JSON.stringify(encodeValue(body)));
}

/** Text as a column holds it that is read back: libsql reads text only up to a NUL, so such text is stored as bytes. */
export function encodeText(text: string): string | Uint8Array {
  return text.includes('\u0000') ? Buffer.from(text, 'utf8') : text;
}

function decodeText(stored: SqlValue | undefined): string {
  if (typeof stored === 'string') return stored;
  return stored instanceof Uint8Array ? Buffer.from(stored).toString('utf8') : '';
}

function decodeBody(kind: Layout['body'], stored: SqlValue | undefined): Body {
  if (kind === 'bytes') return stored instanceof Uint8Array ? stored : new Uint8Array(0);
  const text = decodeText(stored);
  if (kind === 'text') return text;
  // `encodeBody` writes nothing but objects here.
  return decodeValue(JSON.parse(text)) as Readonly<Record<string, unknown>>;
}

function encodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map(encodeValue);
  // A name that begins with `$` gets a second one, so that `$date` is always a date.
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.startsWith('$') ? `$${name}` : name, encodeValue(part)]),
  );
}

function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if ('$date' in value) return new Date(Number(value.$date));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.startsWith('$$') ? name.slice(1) : name, decodeValue(part)]),
  );
}

/** The scalar fields of a row in the order of their columns; dates in UTC milliseconds, `null` where missing. */
export function encodeFields(
  columns: readonly FieldColumn[],
  fields: Readonly<Record<string, FieldValue>>,
): (string | number | null)[] {
  return columns.map(({ name }) => {
    const value = fields[name];
    if (value === undefined || isRanges(value)) return null;
    return value instanceof Date ? value.getTime() : value;
  });
}

/** The ranges fields of a row as JSON text `{"field": [[low, high], …]}`; `null` where there are none. */
export function encodeRanges(fields: Readonly<Record<string, FieldValue>>): string | null {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (!isRanges(value)) continue;
    const ranges = value.map(([low, high]) => `[${jsonNumber(low)},${jsonNumber(high)}]`);
    parts.push(`${JSON.stringify(name)}:[${ranges.join(',')}]`);
  }
  return parts.length === 0 ? null : `{${parts.join(',')}}`;
}

// JSON has no infinity; a number too large for a double is read as one by JavaScript and SQLite alike.
function jsonNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '9e999' : '-9e999';
}

/** Reads back what `encodeRanges` wrote. */
export function decodeRanges(text: SqlValue | undefined): Readonly<Record<string, Ranges>> {
  return typeof text === 'string' ? (JSON.parse(text) as Readonly<Record<string, Ranges>>) : {};
}

/** A row from its columns as `Layout.selected` lists them. */
export function decodeRow(layout: Layout, [id, rev, body, note, ranges, ...scalars]: SqlRow): Row {
  const fields: Record<string, FieldValue> = { ...decodeRanges(ranges) };
  layout.fields.forEach(({ name, kind }, index) => {
    const value = scalars[index];
    if (typeof value === 'string') fields[name] = value;
    else if (typeof value === 'number') fields[name] = kind === 'date' ? new Date(value) : value;
  });
  const row = { id: String(id), rev: Number(rev), body: decodeBody(layout.body, body), fields };
  return note === null || note === undefined ? row : { ...row, note: decodeText(note) };
}
