import { fhirDecimal } from '../../fhir/json.ts';
import type { Cell } from '../run/cell.ts';
import { Memory } from '../run/memory.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { singleSpaced } from './coded.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { toText } from './simple.ts';
import { minutesOf, timeUnit } from './time-units.ts';

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

/** NM to SimpleQuantity, which cannot say `<` or `>`. */
export const numberToSimple: Converter = (cell, to) => plainNumber(cell.text(), cell, to, (value) => ({ value }));

function plainNumber(text: string, cell: Cell, to: Converting, make: (value: unknown) => unknown): unknown {
  if (text === '') return undefined;
  const number = parseNumber(text);
  if (number !== undefined && number.comparator === undefined) return make(number.value);
  to.invalid(cell, 'a number');
  return undefined;
}

/** NM to decimal. */
export const toDecimal: Converter = (cell, to) => plainNumber(cell.text(), cell, to, (value) => value);

const UCUM = 'http://unitsofmeasure.org';
const UCUM_NAMES = new Set(['UCUM', UCUM]);

/** The elements of a Quantity that say its unit; none where there is none. */
export interface Unit {
  readonly unit?: string;
  readonly system?: string;
  readonly code?: string;
}

/** Unit of a quantity out of a CWE (OBX-6): a UCUM code where the sender says so, else what is shown. */
export function unitOf(cell: Cell, to: Converting): Unit {
  const code = singleSpaced(cell.peek(1));
  const shown = cell.part(2);
  if (code === '' && shown === '') return {};
  const systemName = cell.part(3);
  const system = UCUM_NAMES.has(systemName) ? UCUM : to.codeSystem(systemName);
  const unit = shown === '' ? code : shown;
  const isCoded = system !== undefined && code !== '';
  // A code without a system may not stand beside another text (qty-3).
  if (isCoded || shown === '' || shown === code) cell.part(1);
  return isCoded ? { unit, system, code } : { unit };
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
  return compact({ comparator: number.comparator, value: number.value, ...partUnit(cell, to) });
};

/** CQ to SimpleQuantity, which cannot say `<` or `>`. */
export const cqToSimple: Converter = (cell, to) =>
  plainNumber(cell.part(1), cell, to, (value) => compact({ value, ...partUnit(cell, to) }));

/** CQ to Duration, whose unit must be one of time (drt-1). */
export const cqToDuration: Converter = (cell, to) => {
  const code = timeUnit(cell.part(2)) ?? timeUnit(cell.part(2, 2));
  if (code !== undefined)
    return plainNumber(cell.part(1), cell, to, (value) => ({ value, unit: code, system: UCUM, code }));
  if (cell.part(1) !== '') to.invalid(cell, 'a number with a unit of time');
  return undefined;
};

/** CQ to the number alone. */
export const cqToDecimal: Converter = (cell, to) => plainNumber(cell.part(1), cell, to, (value) => value);

/** CQ to the code of its unit. */
export const cqToCode: Converter = (cell) => singleSpaced(cell.part(2)) || undefined;

/** CQ to whole minutes. */
export const cqToMinutes: Converter = (cell, to) => {
  const minutes = minutesOf(cell.part(1), cell.part(2));
  if (minutes === undefined && cell.part(1) !== '') to.invalid(cell, 'a number with a unit of time');
  return minutes;
};

/** CWE to a Quantity that has only a unit (guide, CWE[Quantity]): the value stands in another field. */
export const conceptToUnit: Converter = (cell, to) => {
  const unit = unitOf(cell, to);
  return unit.unit === undefined ? undefined : unit;
};

function partUnit(cell: Cell, to: Converting): Unit {
  const code = singleSpaced(cell.part(2));
  const shown = cell.part(2, 2);
  if (code === '' && shown === '') return {};
  const unit = shown === '' ? code : shown;
  const name = cell.part(2, 3);
  const system = name === '' ? undefined : UCUM_NAMES.has(name) ? UCUM : to.codeSystem(name);
  return system === undefined || code === '' ? { unit } : { unit, system, code };
}

/** Currencies that are written by another name than ISO 4217 has, and all it has. */
const CURRENCY_NAMES: Readonly<Record<string, string>> = {
  RMB: 'CNY',
  CNH: 'CNY',
  元: 'CNY',
  人民币: 'CNY',
  '¥': 'CNY',
  '￥': 'CNY',
  $: 'USD',
};
const currencies = new Set(Intl.supportedValuesOf('currency'));

function currencyOf(text: string): string | undefined {
  const code = CURRENCY_NAMES[text] ?? text.toUpperCase();
  return currencies.has(code) ? code : undefined;
}

/** MO, or the first component of a CP or MOC, to Money; a currency that ISO 4217 lacks stays on the unmapped list. */
export const toMoney: Converter = (cell, to) => {
  const amount = cell.type === 'MO' ? cell : cell.at(1, 'MO');
  const text = amount.part(1);
  if (text === '') return undefined;
  const currency = currencyOf(amount.peek(2));
  if (currency !== undefined) amount.part(2);
  else if (amount.peek(2) !== '') to.warn('mapping.invalid-value', 'the currency is none of ISO 4217', cell);
  return plainNumber(text, cell, to, (value) => compact({ value, currency }));
};

/** NR to Range: its two numbers, of which the first is not the larger (rng-2). */
export const nrToRange: Converter = (cell, to) => {
  const [low, high] = [parseNumber(cell.part(1)), parseNumber(cell.part(2))];
  if (low === undefined && high === undefined) {
    if (cell.raw() !== '') to.invalid(cell, 'a range of numbers');
    return undefined;
  }
  return rangeOf(low, high);
};

/** A Range of two numbers; undefined where they are no limits. */
function rangeOf(
  low: ParsedNumber | undefined,
  high: ParsedNumber | undefined,
): Readonly<Record<string, unknown>> | undefined {
  if (low?.comparator !== undefined || high?.comparator !== undefined) return undefined;
  if (low !== undefined && high !== undefined && Number(low.value) > Number(high.value)) return undefined;
  return compact({
    low: low === undefined ? undefined : { value: low.value },
    high: high === undefined ? undefined : { value: high.value },
  });
}

/** What an SN says with the type that can say it. */
interface StructuredNumeric {
  readonly type: string;
  readonly value: unknown;
}

interface Said {
  readonly mark: string;
  readonly extension: readonly unknown[];
}

const COMPARATOR = /^[<>]=?$/u;

/** `1:128`; a mark before it is of the first number. */
function ratioOf({ mark, extension }: Said, first: ParsedNumber, second: ParsedNumber): StructuredNumeric | undefined {
  if (first.comparator !== undefined || second.comparator !== undefined) return undefined;
  const comparator = COMPARATOR.test(mark) ? mark : undefined;
  const numerator = compact({ comparator, value: first.value });
  return { type: 'Ratio', value: { extension, numerator, denominator: { value: second.value } } };
}

function twoNumbers(cell: Cell, first: ParsedNumber, second: ParsedNumber): StructuredNumeric | undefined {
  const [mark, separator] = [cell.part(1), cell.part(3)];
  const extension = [
    {
      url: EXTENSIONS.originalText.url,
      valueString: [1, 2, 3, 4]
        .map((n) => cell.part(n))
        .join(' ')
        .trim(),
    },
  ];
  if (separator === ':' || separator === '/') return ratioOf({ mark, extension }, first, second);
  if (separator !== '-' || COMPARATOR.test(mark)) return undefined;
  const value = rangeOf(first, second);
  return value === undefined ? undefined : { type: 'Range', value: { extension, ...value } };
}

/** SN as what it says: a comparison or number (Quantity), `1-5` (Range), `1:128` (Ratio); undefined for any other. */
export function readStructuredNumeric(cell: Cell): StructuredNumeric | undefined {
  const [mark, first, separator, second] = [cell.part(1), cell.part(2), cell.part(3), cell.part(4)];
  const low = parseNumber(first);
  if (low === undefined) return undefined;
  const high = parseNumber(second);
  if (high !== undefined) return twoNumbers(cell, low, high);
  if (second !== '' || separator !== '' || !/^(?:[<>]=?|=?)$/u.test(mark)) return undefined;
  const comparator = mark === '' || mark === '=' ? low.comparator : mark;
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
