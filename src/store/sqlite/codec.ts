import { isRanges } from '../match.ts';
import { isPacked, pack, packBytes, raw, unpack, unpackText } from '../packing.ts';
import type { Body, FieldValue, Ranges, Row } from '../port.ts';
import type { SqlRow, SqlValue } from './binding.ts';
import type { FieldColumn, Layout } from './layout.ts';

/** A body as it goes to the writer. Documents are JSON text in which a date is `{"$date": ms}`. */
export function encodeBody(body: Body): string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(encodeValue(body));
}

/**
 * The columns of note and body. JSON is packed, both together: behind the body a NUL, then the note. What is not worth
 * it stands in its own column.
 */
export function encodeContent(
  layout: Layout,
  body: string | Uint8Array,
  note: string | null,
): readonly [note: SqlValue, body: SqlValue] {
  // Sealed bytes and DICOM files begin with a zero; they do not shrink.
  if (typeof body !== 'string') return [null, body[0] === 0 ? body : packBytes(body, layout.dictionary)];
  const content = note === null ? body : `${body}${SEPARATOR}${note}`;
  // Only JSON: a sealed text does not shrink.
  const packed = JSON_START.test(body) && !hasNul(body, note) ? pack(content, layout.dictionary) : undefined;
  return packed === undefined ? [note === null ? null : encodeText(note), encodeText(body)] : [null, packed];
}

const SEPARATOR = '\u0000';
const JSON_START = /^[{[]/u;

function hasNul(body: string, note: string | null): boolean {
  return body.includes(SEPARATOR) || (note?.includes(SEPARATOR) ?? false);
}

/** Text as a column holds it that is read back: libsql reads text only up to a NUL, so such text is stored as bytes. */
function encodeText(text: string): string | Uint8Array {
  return text.includes('\u0000') ? raw(Buffer.from(text, 'utf8')) : text;
}

function decodeText(stored: SqlValue | undefined): string {
  if (typeof stored === 'string') return stored;
  return stored instanceof Uint8Array ? unpackText(stored) : '';
}

/** Undoes `encodeContent` and `encodeBody`. */
function decodeContent(
  { body: kind }: Layout,
  note: SqlValue | undefined,
  body: SqlValue | undefined,
): Pick<Row, 'body' | 'note'> {
  if (kind === 'bytes') return { body: body instanceof Uint8Array ? unpack(body) : new Uint8Array(0) };
  const content = decodeText(body);
  const end = body instanceof Uint8Array && isPacked(body) ? content.indexOf(SEPARATOR) : -1;
  const text = end < 0 ? content : content.slice(0, end);
  const side = end < 0 ? note : content.slice(end + 1);
  // `encodeBody` writes nothing but objects here.
  const value = kind === 'text' ? text : (decodeValue(JSON.parse(text)) as Readonly<Record<string, unknown>>);
  return side === null || side === undefined ? { body: value } : { body: value, note: decodeText(side) };
}

// Most of a document is no date and has plain names: what need not change is not copied.
function encodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return encodeList(value);
  return encodeObject(value as Readonly<Record<string, unknown>>);
}

function encodeList(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let at = 0; at < list.length; at += 1) {
    const encoded = encodeValue(list[at]);
    if (encoded !== list[at]) (copy ??= [...list])[at] = encoded;
  }
  return copy ?? list;
}

function encodeObject(value: Readonly<Record<string, unknown>>): unknown {
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    // A name that begins with `$` gets a second one, so that `$date` is always a date.
    if (name.startsWith('$')) return renamed(value);
    const encoded = encodeValue(value[name]);
    if (encoded !== value[name]) (copy ??= { ...value })[name] = encoded;
  }
  return copy ?? value;
}

function renamed(value: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name.startsWith('$') ? `$${name}` : name, encodeValue(part)]),
  );
}

/** Undoes `encodeValue` in what was just parsed: nobody else has it, so it is changed in its place. */
function decodeValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) value[at] = decodeValue(value[at]);
    return value;
  }
  const object = value as Record<string, unknown>;
  const names = Object.keys(object);
  if (names.some((name) => name.startsWith('$')))
    return '$date' in object ? new Date(Number(object['$date'])) : plainNames(object);
  for (const name of names) {
    const part = object[name];
    if (typeof part === 'object' && part !== null) object[name] = decodeValue(part);
  }
  return object;
}

function plainNames(value: Readonly<Record<string, unknown>>): unknown {
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

/** The fields of a row from its columns as `Layout.selected` lists them. */
export function decodeFields(layout: Layout, columns: SqlRow): Row['fields'] {
  const ranges = columns[RANGES];
  const fields: Record<string, FieldValue> = typeof ranges === 'string' ? { ...decodeRanges(ranges) } : {};
  for (const [index, { name, kind }] of layout.fields.entries()) {
    const value = columns[RANGES + 1 + index];
    if (typeof value === 'string') fields[name] = value;
    else if (typeof value === 'number') fields[name] = kind === 'date' ? new Date(value) : value;
  }
  return fields;
}

/** Place of the ranges in `Layout.selected`; the fields follow. */
const RANGES = 4;

/** A row from its columns as `Layout.selected` lists them. */
export function decodeRow(layout: Layout, columns: SqlRow, fields = decodeFields(layout, columns)): Row {
  const [id, rev, body, note] = columns;
  return { id: String(id), rev: Number(rev), ...decodeContent(layout, note, body), fields };
}
