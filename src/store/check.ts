import type { ProblemCode } from '../core/problem.ts';
import { JingluoError, problem } from '../core/problem.ts';
import type { CollectionName, CollectionSpec, FieldKind } from './collections.ts';
import { COLLECTIONS } from './collections.ts';
import { isRanges } from './match.ts';
import type { Body, ChangeSet, FieldTerm, FieldValue, Put, Query, Ranges } from './port.ts';

/** Rows on a page where a query does not say. */
export const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 10_000;

/** The declaration of a collection. */
export function specOf(collection: CollectionName): CollectionSpec {
  return COLLECTIONS[collection];
}

/**
 * Refuses a change set that breaks the contract, whatever is stored; every driver calls it first.
 * @throws JingluoError `store.change-invalid`: a fault of the caller, never of the data
 */
export function checkChanges(changes: ChangeSet): void {
  const puts = new Set<string>();
  const written = new Set<string>();
  for (const { collection, id } of [...(changes.puts ?? []), ...(changes.deletes ?? [])]) {
    const name = `${collection}\u0000${id}`;
    if (written.has(name)) invalid(`A row of ${collection} is written twice in one change set.`);
    written.add(name);
  }
  for (const put of changes.puts ?? []) {
    puts.add(`${put.collection}\u0000${put.id}`);
    checkPut(put);
    if (put.bodyOnly === true) checkBodyOnly(put, changes);
  }
  for (const { collection, id, rev } of changes.expect ?? []) {
    if (rev === 0 && !puts.has(`${collection}\u0000${id}`)) {
      invalid(`Absence of a row of ${collection} is expected, but the row is not put.`);
    }
  }
}

function checkPut(put: Put): void {
  const spec = specOf(put.collection);
  if (put.id === '' || put.id.includes('\u0000'))
    invalid(`The id of a row of ${put.collection} is empty or has a NUL.`);
  if (bodyKind(put.body) !== spec.body) invalid(`A body of ${put.collection} must be ${spec.body}.`);
  if (put.sequence !== undefined && spec.fields[put.sequence] !== 'number') {
    invalid(`${put.collection} declares no number field ${put.sequence}.`);
  }
  for (const [field, value] of Object.entries(put.fields ?? {})) {
    const fault = fieldFault(value, spec.fields[field]);
    if (fault !== undefined) invalid(`Field ${field} of ${put.collection} ${fault}.`);
  }
}

function checkBodyOnly({ collection, id, keys, ordered, fields, sequence }: Put, { expect = [] }: ChangeSet): void {
  if (!expect.some((row) => row.collection === collection && row.id === id && row.rev > 0)) {
    invalid(`The body alone of a row of ${collection} is put, but no rev of it is expected.`);
  }
  if ([keys, ordered, fields, sequence].some((part) => part !== undefined)) {
    invalid(`The body alone of a row of ${collection} is put, but also keys or fields.`);
  }
}

function bodyKind(body: Body): CollectionSpec['body'] {
  if (typeof body === 'string') return 'text';
  return body instanceof Uint8Array ? 'bytes' : 'document';
}

function fieldFault(value: FieldValue, kind: FieldKind | undefined): string | undefined {
  if (isRanges(value)) return kind === undefined ? rangesFault(value) : 'is declared as a scalar, not as ranges';
  if (kind === undefined) return 'is not declared';
  if (value instanceof Date) return kind === 'date' && !Number.isNaN(value.getTime()) ? undefined : `must be a ${kind}`;
  if (typeof value !== kind) return `must be a ${kind}`;
  if (typeof value === 'string') return value.includes('\u0000') ? 'has a NUL' : undefined;
  return Number.isFinite(value) ? undefined : 'must be finite';
}

function rangesFault(ranges: Ranges): string | undefined {
  return ranges.some(([low, high]) => Number.isNaN(low) || Number.isNaN(high))
    ? 'has a bound that is no number'
    : undefined;
}

/**
 * Refuses a query that breaks the contract; every driver calls it first.
 * @throws JingluoError `store.query-invalid`
 */
export function checkQuery(collection: CollectionName, query: Query): void {
  const spec = specOf(collection);
  const { limit = DEFAULT_LIMIT } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    invalid(`A page has 1 to ${MAX_LIMIT} rows, not ${limit}.`, 'store.query-invalid');
  }
  for (const term of query.where ?? []) {
    const kind = spec.fields[term.field];
    if (kind === undefined)
      invalid(`${collection} declares no field ${term.field} to search by.`, 'store.query-invalid');
    if (!comparable(term, kind)) {
      invalid(
        `Field ${term.field} of ${collection} is compared with a value that is no ${kind}.`,
        'store.query-invalid',
      );
    }
  }
}

function comparable(term: FieldTerm, kind: FieldKind): boolean {
  if (term.op === 'exists') return true;
  const values: readonly (string | number | Date)[] = term.op === 'in' ? term.value : [term.value];
  return values.every((value) => (value instanceof Date ? 'date' : typeof value) === kind);
}

function invalid(message: string, code: ProblemCode = 'store.change-invalid'): never {
  throw new JingluoError(problem(code, message));
}
