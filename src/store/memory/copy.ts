import { isRanges } from '../match.ts';
import type { Body, FieldValue, Row } from '../port.ts';

/** A copy that shares nothing that could be changed. */
export function copyRow(row: Row): Row {
  const fields = Object.entries(row.fields).map(([name, value]) => [name, copyField(value)] as const);
  return { ...row, body: copyBody(row.body), fields: Object.fromEntries(fields) };
}

function copyField(value: FieldValue): FieldValue {
  if (value instanceof Date) return new Date(value);
  return isRanges(value) ? value.map(([low, high]) => [low, high] as const) : value;
}

function copyBody(body: Body): Body {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? Uint8Array.from(body) : copyRecord(body);
}

function copyRecord(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, copyValue(value)]));
}

function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Date(value);
  return Array.isArray(value) ? value.map(copyValue) : copyRecord(value);
}
