import { Binary } from 'mongodb';
import { specOf } from '../check.ts';
import type { CollectionName, FieldKind } from '../collections.ts';
import { isRanges } from '../match.ts';
import { sortValue } from '../order.ts';
import type { Body, FieldValue, Put, Row } from '../port.ts';

/** A stored document: native rows show their body at the top level, all others hold it as one value. */
export interface StoredDocument {
  readonly _id: string;
  readonly [field: string]: unknown;
}

/** The engine's own part of a row, under the top level or, in a native document, under `_j`. */
interface Own {
  /** rev */
  readonly r: number;
  readonly note?: string;
  /** Exact keys. */
  readonly k?: readonly string[];
  /** Ordered keys. */
  readonly o?: readonly string[];
  /** Fields; ranges as a list of `{ l, h }`. */
  readonly f?: Readonly<Record<string, unknown>>;
  /** What a ranges field sorts by: its smallest low. */
  readonly s?: Readonly<Record<string, number | null>>;
  /** True where the native body itself has `_id`. */
  readonly i?: true;
}

/** Name that holds the engine's own part of a native document; no body field may be called so. */
const RESERVED = '_j';

/** Path of the engine's part before a name: `''` or `_j.`. */
export function prefixOf(collection: CollectionName): '' | '_j.' {
  return specOf(collection).body === 'document' ? `${RESERVED}.` : '';
}

/** Path of a field as a search compares it, and as an order sorts by it. */
export function fieldPath(collection: CollectionName, field: string): string {
  return `${prefixOf(collection)}f.${field}`;
}

/** Path that an order sorts by: declared fields are scalars, all others ranges. */
export function sortPath(collection: CollectionName, field: string): string {
  const part = specOf(collection).fields[field] === undefined ? 's' : 'f';
  return `${prefixOf(collection)}${part}.${field}`;
}

/** Kind of a declared field. */
export function kindOf(collection: CollectionName, field: string): FieldKind | undefined {
  return specOf(collection).fields[field];
}

/** The engine's own part of a stored native document. */
export function ownOf(document: StoredDocument): Readonly<Record<string, unknown>> {
  return record(document[RESERVED]);
}

/** The native document of a put that replaces the body alone. */
export function withBody(put: Put, own: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { _id, ...body } = { ...record(put.body) };
  const kept = Object.fromEntries(Object.entries(own).filter(([name]) => name !== 'note' && name !== 'i'));
  const parts = { ...(put.note === undefined ? {} : { note: put.note }), ...(_id === undefined ? {} : { i: true }) };
  return { ...body, [RESERVED]: { ...kept, ...parts, r: Number(own['r']) + 1 } };
}

/** The update that replaces body and note alone. */
export function bodyUpdateOf(put: Put): Record<string, Record<string, unknown>> {
  const body = put.body instanceof Uint8Array ? new Binary(put.body) : put.body;
  return put.note === undefined
    ? { $set: { b: body }, $unset: { note: '' }, $inc: { r: 1 } }
    : { $set: { b: body, note: put.note }, $inc: { r: 1 } };
}

/** The whole document of a row, for an insert or a replacement. */
export function documentOf(put: Put, rev: number, sequence: number | undefined): StoredDocument {
  const own: Own = { r: rev, ...ownParts(put, sequence) };
  if (typeof put.body === 'string') return { _id: put.id, b: put.body, ...own };
  if (put.body instanceof Uint8Array) return { _id: put.id, b: new Binary(put.body), ...own };
  const { _id, ...body } = put.body;
  return { ...body, _id: put.id, [RESERVED]: _id === undefined ? own : { ...own, i: true } };
}

/** The update that writes a row whatever its rev, or inserts it. Not for native documents: their old body fields would stay. */
export function updateOf(put: Put, sequence: number | undefined): Record<string, Record<string, unknown>> {
  const parts: Readonly<Record<string, unknown>> = ownParts(put, sequence);
  const gone = ['note', 'k', 'o', 'f', 's'].filter((name) => parts[name] === undefined);
  return {
    $set: { b: put.body instanceof Uint8Array ? new Binary(put.body) : put.body, ...parts },
    $inc: { r: 1 },
    ...(gone.length === 0 ? {} : { $unset: Object.fromEntries(gone.map((name) => [name, ''])) }),
  };
}

function ownParts(put: Put, sequence: number | undefined): Omit<Own, 'r'> {
  const fields: Record<string, FieldValue> = { ...put.fields };
  if (put.sequence !== undefined && sequence !== undefined) fields[put.sequence] = sequence;
  const entries = Object.entries(fields);
  const sorts = entries.filter(([, value]) => isRanges(value));
  return {
    ...(put.note === undefined ? {} : { note: put.note }),
    ...(put.keys === undefined || put.keys.length === 0 ? {} : { k: [...new Set(put.keys)] }),
    ...(put.ordered === undefined || put.ordered.length === 0 ? {} : { o: [...new Set(put.ordered)] }),
    ...(entries.length === 0 ? {} : { f: Object.fromEntries(entries.map(([name, value]) => [name, stored(value)])) }),
    ...(sorts.length === 0 ? {} : { s: Object.fromEntries(sorts.map(([name, value]) => [name, lowest(value)])) }),
  };
}

function stored(value: FieldValue): unknown {
  return isRanges(value) ? value.map(([l, h]) => ({ l, h })) : value;
}

function lowest(value: FieldValue): number | null {
  const low = sortValue(value);
  return typeof low === 'number' ? low : null;
}

/** Path of the rev of a row. */
export const revPath = (collection: CollectionName): string => `${prefixOf(collection)}r`;

/** The rev of a stored document. */
export function revOf(collection: CollectionName, document: StoredDocument): number {
  return Number(record(specOf(collection).body === 'document' ? document[RESERVED] : document)['r']);
}

/** The row of a stored document. */
export function rowOf(collection: CollectionName, document: StoredDocument): Row {
  const native = specOf(collection).body === 'document';
  const own = record(native ? document[RESERVED] : document);
  const { note } = own;
  return {
    id: document._id,
    rev: Number(own['r']),
    body: native ? nativeBody(document, own['i'] === true) : plainBody(document['b']),
    fields: Object.fromEntries(Object.entries(record(own['f'])).map(([name, value]) => [name, fieldValue(value)])),
    ...(typeof note === 'string' ? { note } : {}),
  };
}

function nativeBody(document: StoredDocument, withId: boolean): Body {
  const body = Object.fromEntries(Object.entries(document).filter(([name]) => name !== RESERVED));
  if (!withId) delete body['_id'];
  return body;
}

function plainBody(value: unknown): Body {
  if (value instanceof Binary) return new Uint8Array(value.buffer.subarray(0, value.position));
  return typeof value === 'string' ? value : '';
}

function fieldValue(value: unknown): FieldValue {
  if (typeof value === 'string' || typeof value === 'number' || value instanceof Date) return value;
  if (!Array.isArray(value)) return [];
  return value.map((interval) => {
    const { l, h } = record(interval);
    return [Number(l), Number(h)] as const;
  });
}

/** An object as a record of unknown values; empty where it is none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
