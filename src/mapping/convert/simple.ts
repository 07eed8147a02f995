import type { Cell } from '../run/cell.ts';
import { singleSpaced } from './coded.ts';
import type { Converter } from './converting.ts';

/** Any text. */
export const toText: Converter = (cell) => {
  const text = cell.text();
  return text === '' ? undefined : text;
};

/** A code: single spaces inside at the most. */
export const toCode: Converter = (cell) => {
  const code = singleSpaced(cell.text());
  return code === '' ? undefined : code;
};

/** An id (R4 datatypes.html#id). */
export const toId: Converter = (cell, to) => {
  const text = cell.text();
  if (text === '' || /^[A-Za-z\d.-]{1,64}$/u.test(text)) return text || undefined;
  to.invalid(cell, 'an id of letters, digits, "-" and "."');
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

/** Integers of FHIR have 32 bits. */
const LARGEST = 2_147_483_647;

function integer(cell: Cell, least: number): number | undefined {
  const text = cell.text();
  if (!/^[+-]?\d{1,10}(?:\.0*)?$/u.test(text)) return undefined;
  const number = Number(text);
  return number >= least && number <= LARGEST ? number : undefined;
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

/** ID (MSH-17) to an Address of which only the country is known. */
export const toCountry: Converter = (cell) => {
  const country = cell.text();
  return country === '' ? undefined : { country };
};
