import type { Cell } from '../run/cell.ts';
import type { Converter } from './converting.ts';

/** Any text. */
export const toText: Converter = (cell) => {
  const text = cell.text();
  return text === '' ? undefined : text;
};

/** A code or id: no white space inside. */
export const toCode: Converter = (cell, to) => {
  const text = cell.text();
  if (text === '') return undefined;
  if (!/\s/u.test(text)) return text;
  to.invalid(cell, 'a code without white space');
  return undefined;
};

/** NTE-3 and other notes. */
export const toAnnotation: Converter = (cell) => {
  const text = cell.text();
  return text === '' ? undefined : { text };
};

const YES = new Set(['Y', 'YES', 'T', 'TRUE', '1']);
const NO = new Set(['N', 'NO', 'F', 'FALSE', '0', '2']);

/** HL7 table 0136 (`Y`, `N`) to boolean. */
export const toBoolean: Converter = (cell, to) => {
  const text = cell.text().toUpperCase();
  if (YES.has(text)) return true;
  if (NO.has(text)) return false;
  if (text !== '') to.invalid(cell, 'Y or N');
  return undefined;
};

function integer(cell: Cell, least: number): number | undefined {
  const text = cell.text();
  return /^[+-]?\d{1,10}$/u.test(text) && Number(text) >= least ? Number(text) : undefined;
}

function integerFrom(least: number, what: string): Converter {
  return (cell, to) => {
    if (cell.text() === '') return undefined;
    const number = integer(cell, least);
    if (number === undefined) to.invalid(cell, what);
    return number;
  };
}

/** NM or SI to integer. */
export const toInteger = integerFrom(-2147483648, 'a whole number');
/** NM or SI to positiveInt. */
export const toPositiveInt = integerFrom(1, 'a whole number from 1');
/** NM or SI to unsignedInt. */
export const toUnsignedInt = integerFrom(0, 'a whole number from 0');
