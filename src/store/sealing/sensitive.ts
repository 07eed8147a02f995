/**
 * What makes a search key sensitive: keys that begin so hold an ID number, phone, insurance number, account or e-mail
 * address behind the prefix (after the last `|`, where there is one). The record makes its keys with these prefixes.
 */
export const SENSITIVE_KEY_PREFIXES: readonly string[] = ['idn:', 'tel:', 'ins:', 'acc:', 'mail:'];

/** Search parameters whose token values are hashed, whatever the resource type. */
export const SENSITIVE_PARAMETERS: ReadonlySet<string> = new Set(['identifier', 'telecom', 'phone', 'email']);

/** Identifier types (HL7 table 0203 and the words our mappings use) whose values are ID or insurance numbers. */
export const SENSITIVE_ID_TYPES: ReadonlySet<string> = new Set([
  ...['NI', 'NNCHN', 'PPN', 'DL', 'SS', 'MI', 'MC', 'MB', 'HC', 'PRC', 'TAX', 'BC'],
  ...['01', '02', '03', '04', '06', '07', '身份证', '护照', '医保', '社保', '社保卡', '健康卡'],
]);

/** A resident ID number (GB 11643-1999) or a mobile phone number that stands by itself in a text. */
const NUMBER =
  /(?<![0-9A-Za-z])(?:[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|(?:\+?86[- ]?|0)?1[3-9]\d{9})(?![0-9A-Za-z])/;

/** True where a text holds an ID number or mobile phone, wherever it came from. */
export function holdsNumber(text: string): boolean {
  // Most keys are shorter than a number or have no digit run: the cheap test goes first.
  return text.length >= 11 && NUMBER.test(text);
}

const ID_NUMBER = /(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** True where a text holds a resident ID number with the right check digit. */
export function holdsValidIdNumber(text: string): boolean {
  const [number] = ID_NUMBER.exec(text) ?? [];
  if (number === undefined) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return '10X98765432'[sum % 11] === number.slice(-1).toUpperCase();
}
