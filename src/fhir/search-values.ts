import { intervalOf, periodInterval, type Interval } from './dates.ts';
import { decimalValue, isObject, listOf } from './json.ts';

/** Separates the parts of a search key. */
export const KEY_SEPARATOR = '\u0001';

/** A coded value as tokens compare it; `system` is absent where the type has none (`code`, `boolean`) or it is not given. */
export interface Token {
  readonly system?: string;
  readonly value: string;
}

type Values<T> = (value: unknown) => readonly T[];
/** Is called with each token; the system is absent where the type has none or it is not given. */
type AddToken = (system: string | undefined, value: string) => void;
type EachToken = (value: unknown, add: AddToken) => void;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function token(system: unknown, value: unknown, add: AddToken): void {
  const code = text(value);
  if (code !== undefined) add(text(system), code);
}

const primitiveToken: EachToken = (value, add) => {
  if (typeof value === 'boolean' || typeof value === 'number') add(undefined, String(value));
  else token(undefined, value, add);
};
const codingToken: EachToken = (value, add) => {
  if (isObject(value)) token(value['system'], value['code'], add);
};
const valueToken: EachToken = (value, add) => {
  if (isObject(value)) token(value['system'], value['value'], add);
};

const TOKENS: Readonly<Record<string, EachToken>> = {
  Coding: codingToken,
  CodeableConcept: (value, add) => {
    if (isObject(value)) for (const coding of listOf(value['coding'])) codingToken(coding, add);
  },
  Identifier: valueToken,
  ContactPoint: valueToken,
};

/** What calls back with each token of a value of a data type (R4 search.html#token). */
export function eachTokenOf(type: string): EachToken {
  return TOKENS[type] ?? primitiveToken;
}

/** Tokens of a value of a data type (R4 search.html#token). */
export function tokensOf(type: string, value: unknown): readonly Token[] {
  const tokens: Token[] = [];
  eachTokenOf(type)(value, (system, code) => {
    tokens.push(system === undefined ? { value: code } : { system, value: code });
  });
  return tokens;
}

/** True for the data types whose tokens have a system of their own. */
export function hasSystem(type: string): boolean {
  return TOKENS[type] !== undefined;
}

/** Relative `Type/id` (version and our own base removed), absolute URL or canonical of a reference. */
export function referenceOf(type: string, value: unknown): string | undefined {
  const target = isObject(value) ? text(value['reference']) : text(value);
  if (target === undefined || target.startsWith('#')) return undefined;
  if (type !== 'Reference') return target.split('|')[0];
  return target.replace(/\/_history\/[^/]*$/, '');
}

const addressParts = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];
const nameParts = ['text', 'family', 'given', 'prefix', 'suffix'];
const partsOf =
  (names: readonly string[]): Values<string> =>
  (value) =>
    isObject(value) ? names.flatMap((name) => listOf(value[name]).flatMap((part) => text(part) ?? [])) : [];

const STRINGS: Readonly<Record<string, Values<string>>> = {
  Address: partsOf(addressParts),
  HumanName: partsOf(nameParts),
  CodeableConcept: partsOf(['text']),
};

/** Strings of a value of a data type (R4 search.html#string), as they stand. */
export function stringsOf(type: string, value: unknown): readonly string[] {
  const values = STRINGS[type];
  if (values !== undefined) return values(value);
  const one = text(value);
  return one === undefined ? [] : [one];
}

/** Intervals of a date, dateTime, instant, Period or Timing (R4 search.html#date). */
export function intervalsOf(type: string, value: unknown, zone: string): readonly Interval[] {
  if (typeof value === 'string') return listed(intervalOf(value, zone));
  if (!isObject(value)) return [];
  if (type === 'Period') return listed(periodInterval(value['start'], value['end'], zone));
  if (type !== 'Timing') return [];
  const events = listOf(value['event']).flatMap((event) =>
    typeof event === 'string' ? listed(intervalOf(event, zone)) : [],
  );
  const { boundsPeriod } = isObject(value['repeat']) ? value['repeat'] : {};
  const bounds = isObject(boundsPeriod) ? periodInterval(boundsPeriod['start'], boundsPeriod['end'], zone) : undefined;
  return [...events, ...listed(bounds)];
}

function listed(interval: Interval | undefined): readonly Interval[] {
  return interval === undefined ? [] : [interval];
}

/** Intervals of a number, Quantity, Money, Range or SampledData; a comparator opens one side (`>20` is above 20). */
export function numbersOf(value: unknown): readonly Interval[] {
  const plain = decimalValue(value);
  if (plain !== undefined) return [[plain, plain]];
  if (!isObject(value)) return [];
  const number = decimalValue(value['value']);
  if (number !== undefined) return [compared(number, value['comparator'])];
  const low = isObject(value['low']) ? decimalValue(value['low']['value']) : undefined;
  const high = isObject(value['high']) ? decimalValue(value['high']['value']) : undefined;
  return low === undefined && high === undefined ? [] : [[low ?? -Infinity, high ?? Infinity]];
}

function compared(value: number, comparator: unknown): Interval {
  if (comparator === '>' || comparator === '>=') return [value, Infinity];
  return comparator === '<' || comparator === '<=' ? [-Infinity, value] : [value, value];
}
