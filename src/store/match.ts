import type { FieldTerm, FieldValue, KeyTerm, Query, RangeTerm, Ranges } from './port.ts';
import { compareText } from './text-order.ts';

/** What a search looks at. */
interface Searchable {
  readonly keys: ReadonlySet<string>;
  readonly ordered: readonly string[];
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** A search compiled to a test of one row; it says what a query means, drivers must answer alike. */
export type Matches = (row: Searchable) => boolean;

/** True where the value of a field is a list of intervals. */
export function isRanges(value: FieldValue | undefined): value is Ranges {
  return Array.isArray(value);
}

/** Compiles every part of a query except order, cursor and limit. */
export function compileQuery(query: Query): Matches {
  const tests: Matches[] = [
    ...(query.all ?? []).map(keyTest),
    ...(query.none ?? []).map(
      (key): Matches =>
        (row) =>
          !row.keys.has(key),
    ),
    ...(query.prefix ?? []).map(prefixTest),
    ...(query.where ?? []).map(fieldTest),
    ...(query.ranges ?? []).map(rangesTest),
  ];
  return (row) => tests.every((test) => test(row));
}

function keyTest(term: KeyTerm): Matches {
  if (typeof term === 'string') return (row) => row.keys.has(term);
  return (row) => term.some((key) => row.keys.has(key));
}

function prefixTest(prefixes: readonly string[]): Matches {
  return (row) => row.ordered.some((key) => prefixes.some((prefix) => key.startsWith(prefix)));
}

/** A scalar as it is compared: dates in UTC milliseconds. */
export function scalar(value: FieldValue | undefined): string | number | undefined {
  if (value === undefined || isRanges(value)) return undefined;
  return value instanceof Date ? value.getTime() : value;
}

/** Compares scalars of one kind; values of different kinds are never equal, numbers first. */
export function compareScalars(a: string | number, b: string | number): number {
  if (typeof a === 'string') return typeof b === 'string' ? compareText(a, b) : 1;
  return typeof b === 'string' ? -1 : a - b;
}

function fieldTest(term: FieldTerm): Matches {
  const { field } = term;
  if (term.op === 'exists') return (row) => (row.fields[field] !== undefined) === term.value;
  if (term.op === 'in') {
    const values = new Set<string | number | undefined>(term.value);
    return (row) => {
      const value = scalar(row.fields[field]);
      return value !== undefined && values.has(value);
    };
  }
  const bound = term.value instanceof Date ? term.value.getTime() : term.value;
  const holds = COMPARISONS[term.op];
  return (row) => {
    const value = scalar(row.fields[field]);
    return value !== undefined && typeof value === typeof bound && holds(compareScalars(value, bound));
  };
}

const COMPARISONS: Readonly<Record<'eq' | 'lt' | 'le' | 'gt' | 'ge', (order: number) => boolean>> = {
  eq: (order) => order === 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

function rangesTest(alternatives: readonly RangeTerm[]): Matches {
  const tests = alternatives.map(rangeTest);
  return (row) => tests.some((test) => test(row));
}

function rangeTest(term: RangeTerm): Matches {
  const { field, lowGe = -Infinity, lowLe = Infinity, highGe = -Infinity, highLe = Infinity } = term;
  const { lowGt, lowLt, highGt, highLt } = term;
  const lowHolds = (low: number): boolean =>
    low >= lowGe && low <= lowLe && (lowGt === undefined || low > lowGt) && (lowLt === undefined || low < lowLt);
  const highHolds = (high: number): boolean =>
    high >= highGe &&
    high <= highLe &&
    (highGt === undefined || high > highGt) &&
    (highLt === undefined || high < highLt);
  const holds: Matches = (row) => {
    const value = row.fields[field];
    return isRanges(value) && value.some(([low, high]) => lowHolds(low) && highHolds(high));
  };
  return term.not === true ? (row) => !holds(row) : holds;
}
