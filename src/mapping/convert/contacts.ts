import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { isHan } from './surnames.ts';
import { periodOf } from './times.ts';

/** HL7 table 0202 (equipment) to contact-point-system. */
const SYSTEMS: Readonly<Record<string, string>> = {
  PH: 'phone',
  CP: 'phone',
  SAT: 'phone',
  FX: 'fax',
  BP: 'pager',
  MD: 'other',
  TDD: 'other',
  TTY: 'other',
  'X.400': 'email',
  INTERNET: 'email',
};
/** HL7 table 0201 (use) to contact-point-use. */
const USES: Readonly<Record<string, string>> = {
  PRN: 'home',
  ORN: 'home',
  VHN: 'home',
  WPN: 'work',
  ASN: 'work',
  EMR: 'temp',
  PRS: 'mobile',
  BPN: 'work',
  NET: 'home',
};

const MOBILE = /^(?:\+?86)?-?1[3-9]\d{9}$/u;

function number(cell: Cell): string {
  const whole = cell.part(12) || cell.part(1);
  const built = [cell.part(5) === '' ? '' : `+${cell.part(5)}`, cell.part(6), cell.part(7)]
    .filter((p) => p !== '')
    .join(' ');
  const value = whole === '' ? built : whole;
  const extension = cell.part(8);
  return value === '' || extension === '' || whole !== '' ? value : `${value} ext. ${extension}`;
}

/** XTN to ContactPoint: the number as one text, else built of its parts; an e-mail address where there is one. */
export const toContactPoint: Converter = (cell, to) => {
  const mail = cell.part(4);
  const equipment = cell.part(3).toUpperCase();
  const telephone = number(cell);
  const isMail = mail !== '' && (telephone === '' || SYSTEMS[equipment] === 'email');
  const value = isMail ? mail : telephone;
  if (value === '') return undefined;
  const isMobile = equipment === 'CP' || MOBILE.test(value.replaceAll(/\s/gu, ''));
  const period =
    cell.part(13) === '' && cell.part(14) === '' ? undefined : periodOf(cell.at(13, 'DTM'), cell.at(14, 'DTM'), to);
  return compact({
    system: isMail || value.includes('@') ? 'email' : (SYSTEMS[equipment] ?? 'phone'),
    value,
    use: isMobile ? 'mobile' : USES[cell.part(2)],
    period,
  });
};

/** HL7 table 0190 (address type) to address-use and address-type. */
const ADDRESS_USE: Readonly<Record<string, readonly [use?: string | undefined, type?: string]>> = {
  H: ['home'],
  P: ['home'],
  L: ['home'],
  C: ['temp'],
  O: ['work'],
  B: ['work'],
  BA: ['old'],
  M: [undefined, 'postal'],
  SH: [undefined, 'postal'],
  BI: ['billing'],
  V: ['temp'],
};

/** From the large to the small; what the street names already (`上海市` before `上海市浦东新区世纪大道1号`) is not said twice. */
function addressText(cell: Cell): string | undefined {
  const parts = [cell.part(4), cell.part(3), cell.part(9), cell.part(1), cell.part(2)].filter((part) => part !== '');
  if (!parts.some(isHanText)) return undefined;
  return parts.reduceRight((text, part) => (text.includes(part) ? text : part + text));
}

const isHanText = (text: string): boolean => isHan(text.slice(0, 1));

function addressPeriod(cell: Cell, to: Converting): unknown {
  if (cell.part(13) !== '' || cell.part(14) !== '') return periodOf(cell.at(13, 'DTM'), cell.at(14, 'DTM'), to);
  return undefined;
}

/** XAD (or SAD, AUI parts apart) to Address; a Chinese address also gets its text in reading order. */
export const toAddress: Converter = (cell, to) => {
  const [use, type] = ADDRESS_USE[cell.part(7)] ?? [];
  const street = cell.part(1) || [cell.part(1, 3), cell.part(1, 2)].filter((part) => part !== '').join(' ');
  return compact({
    use,
    type,
    text: addressText(cell),
    line: [street, cell.part(2), cell.part(19)].filter((line) => line !== ''),
    city: cell.part(3),
    district: cell.part(9),
    state: cell.part(4),
    postalCode: cell.part(5),
    country: cell.part(6),
    period: addressPeriod(cell, to),
  });
};

/** XAD to one line of text. */
export const addressToText: Converter = (cell) => {
  const parts = [1, 2, 3, 4, 5, 6].map((n) => cell.part(n)).filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(parts.some(isHanText) ? '' : ', ');
};
