import { fhirDecimal } from '../../fhir/json.ts';
import type { Cell } from '../run/cell.ts';
import { Memory } from '../run/memory.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { toText } from './simple.ts';

/** A number as HL7 and laboratories write it, with an optional comparator before it. */
interface ParsedNumber {
  readonly comparator?: string;
  readonly value: unknown;
}

const NUMBER = /^(<=|>=|<|>|≤|≥|＜|＞)?\s*([+-]?)0*(\d+|(?=\.))(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/u;
const COMPARATORS: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=', '＜': '<', '＞': '>' };

/** Digits in the syntax of JSON: no plus, no leading zeros, something before the point. */
function jsonNumber(found: RegExpExecArray): string | undefined {
  const [, , sign = '', whole = '', fraction = '', exponent = ''] = found;
  if (whole + fraction === '') return undefined;
  const digits = (whole === '' ? '0' : whole) + (fraction === '' ? '' : `.${fraction}`);
  return `${sign === '-' ? '-' : ''}${digits}${exponent === '' ? '' : `e${exponent}`}`;
}

/** Longer texts are rare as numbers, and not worth remembering as anything else. */
const LONGEST_REMEMBERED = 12;
const numbers = new Memory<ParsedNumber | undefined>();

/** Reads `4.10`, `>10`, `≤0.5`, `+3`, `.5`; undefined for anything else. The digits behind the point are kept. */
export function parseNumber(text: string): ParsedNumber | undefined {
  return text.length > LONGEST_REMEMBERED ? readNumber(text) : numbers.get(text, () => readNumber(text));
}

function readNumber(text: string): ParsedNumber | undefined {
  const found = NUMBER.exec(text.trim());
  const digits = found === null ? undefined : jsonNumber(found);
  if (digits === undefined) return undefined;
  const value = fhirDecimal(digits);
  const mark = found?.[1];
  return mark === undefined ? { value } : { comparator: COMPARATORS[mark] ?? mark, value };
}

/** A number as Quantity without a unit. */
export function quantityOf({ comparator, value }: ParsedNumber): Readonly<Record<string, unknown>> {
  return comparator === undefined ? { value } : { comparator, value };
}

/** NM to Quantity, without a unit. */
export const numberToQuantity: Converter = (cell, to) => {
  const text = cell.text();
  if (text === '') return undefined;
  const number = parseNumber(text);
  if (number === undefined) {
    to.invalid(cell, 'a number');
    return undefined;
  }
  return quantityOf(number);
};

/** NM to decimal. */
export const toDecimal: Converter = (cell, to) => {
  const text = cell.text();
  if (text === '') return undefined;
  const number = parseNumber(text);
  if (number !== undefined && number.comparator === undefined) return number.value;
  to.invalid(cell, 'a number');
  return undefined;
};

const UCUM_NAMES = new Set(['UCUM', 'http://unitsofmeasure.org']);

/** The elements of a Quantity that say its unit; none where there is none. */
export interface Unit {
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
}

/** Unit of a quantity out of a CWE (OBX-6): a UCUM code where the sender says so, else what is shown. */
export function unitOf(cell: Cell, to: Converting): Unit {
  const code = cell.part(1);
  const shown = cell.part(2);
  if (code === '' && shown === '') return {};
  const systemName = cell.part(3);
  const system = UCUM_NAMES.has(systemName) ? 'http://unitsofmeasure.org' : to.codeSystem(systemName);
  const unit = shown === '' ? code : shown;
  return system === undefined || code === '' ? { unit } : { unit, system, code };
}

/** CQ to Quantity. */
export const cqToQuantity: Converter = (cell, to) => {
  const text = cell.part(1);
  if (text === '') return undefined;
  const number = parseNumber(text);
  if (number === undefined) {
    to.invalid(cell, 'a number');
    return undefined;
  }
  return compact({ comparator: number.comparator, value: number.value, ...partUnit(cell) });
};

function partUnit(cell: Cell): Readonly<Record<string, unknown>> {
  const code = cell.part(2);
  const shown = cell.part(2, 2);
  return code === '' && shown === '' ? {} : { unit: shown === '' ? code : shown };
}

/** MO or CP to Money. */
export const toMoney: Converter = (cell, to) => {
  const price = cell.type === 'CP';
  const text = price ? cell.part(1, 1) : cell.part(1);
  const currency = price ? cell.part(1, 2) : cell.part(2);
  if (text === '') return undefined;
  const number = parseNumber(text);
  if (number !== undefined && number.comparator === undefined) return compact({ value: number.value, currency });
  to.invalid(cell, 'an amount');
  return undefined;
};

/** What an SN says with the type that can say it. */
interface StructuredNumeric {
  readonly type: string;
  readonly value: unknown;
}

function twoNumbers(low: unknown, high: unknown, separator: string): StructuredNumeric | undefined {
  if (separator === '-') return { type: 'Range', value: { low: { value: low }, high: { value: high } } };
  if (separator !== ':' && separator !== '/') return undefined;
  return { type: 'Ratio', value: { numerator: { value: low }, denominator: { value: high } } };
}

/** SN as what it says: a comparison or number (Quantity), `1-5` (Range), `1:128` (Ratio). */
export function readStructuredNumeric(cell: Cell): StructuredNumeric | undefined {
  const [mark, first, separator, second] = [cell.part(1), cell.part(2), cell.part(3), cell.part(4)];
  const low = parseNumber(first);
  if (low === undefined) return undefined;
  const high = parseNumber(second);
  if (high !== undefined) return twoNumbers(low.value, high.value, separator);
  if (second !== '' || separator !== '' || !/^(?:[<>]=?|=?)$/u.test(mark)) return undefined;
  const comparator = mark === '' || mark === '=' ? undefined : mark;
  return { type: 'Quantity', value: compact({ comparator, value: low.value }) };
}

function structured(type: string): Converter {
  return (cell, to) => {
    const found = readStructuredNumeric(cell);
    if (found?.type === type) return found.value;
    if (cell.raw() !== '') to.invalid(cell, `a structured numeric that is a ${type}`);
    return undefined;
  };
}

/** SN to Quantity. */
export const snToQuantity = structured('Quantity');
/** SN to Range. */
export const snToRange = structured('Range');
/** SN to Ratio. */
export const snToRatio = structured('Ratio');

/** A composite value as one line, its parts joined: `>^10` as `>10`. */
export const joined: Converter = (cell, to) => {
  const parts = Array.from({ length: 12 }, (_, index) => cell.part(index + 1)).join('');
  return parts === '' ? toText(cell, to) : parts;
};
