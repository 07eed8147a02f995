import type { Cell } from '../run/cell.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { periodOf } from './times.ts';

/** HL7 table 0202 (equipment) to contact-point-system; a cellular phone is a phone whose use is mobile. */
const SYSTEMS: Readonly<Record<string, string>> = {
  PH: 'phone',
  CP: 'phone',
  SAT: 'other',
  FX: 'fax',
  BP: 'pager',
  MD: 'other',
  TDD: 'other',
  TTY: 'other',
  'X.400': 'email',
  INTERNET: 'email',
};

/** HL7 table 0201 (use) to contact-point-use; the guide gives the others no use. */
const USES: Readonly<Record<string, string>> = { PRN: 'home', WPN: 'work', PRS: 'mobile' };

const MOBILE = /^(?:\+?86)?[-\s]?1[3-9]\d{9}$/u;

/** Parts of a number that have extensions of their own (R4 extension registry). */
const PARTS: readonly (readonly [component: number, url: string])[] = [
  [5, EXTENSIONS.phoneCountry.url],
  [6, EXTENSIONS.phoneArea.url],
  [7, EXTENSIONS.phoneLocal.url],
  [8, EXTENSIONS.phoneExtension.url],
];

/** The number that its parts give: `+86 10 82345678 X12`. */
function built(cell: Cell): string {
  const [country, area, local, extension] = [cell.part(5), cell.part(6), cell.part(7), cell.part(8)];
  const parts = [country === '' || country.startsWith('+') ? country : `+${country}`, area, local];
  const text = parts.filter((part) => part !== '').join(' ');
  return text === '' || extension === '' ? text : `${text} X${extension}`;
}

function numberOf(cell: Cell): string {
  const plain = cell.part(12);
  if (plain !== '') return plain;
  // XTN-1 was withdrawn: where the parts say the number, they count.
  if (cell.count >= 7 && cell.part(7) !== '') return built(cell);
  return cell.part(1) || (cell.count >= 5 ? built(cell) : '');
}

const digits = (text: string): string => text.replaceAll(/\D/gu, '');

/** Notes that XTN-1 and XTN-12 are read where they say the same number in another form. */
function readAgain(cell: Cell, value: string): void {
  for (const component of [1, 12]) {
    const other = digits(cell.peek(component));
    if (other !== '' && digits(value).includes(other)) cell.part(component);
  }
}

function extensionsOf(cell: Cell): readonly unknown[] {
  const extensions: unknown[] = [];
  for (const [component, url] of PARTS) {
    const valueString = cell.part(component);
    if (valueString !== '') extensions.push({ url, valueString });
  }
  return extensions;
}

const NO_EXTENSIONS: readonly unknown[] = [];

/** XTN-18: a whole number from 1; the smallest is preferred. */
function rankOf(cell: Cell): number | undefined {
  const text = cell.peek(18);
  if (!/^[1-9]\d{0,8}$/u.test(text)) return undefined;
  return Number(cell.part(18));
}

/** The system that equipment and use name; what has a mail address and no number is a mail address. */
function systemOf(value: string, equipment: string, isMail: boolean): string {
  return isMail || value.includes('@') ? 'email' : (SYSTEMS[equipment] ?? 'phone');
}

function useOf(cell: Cell, equipment: string, value: string): string | undefined {
  const use = USES[cell.peek(2)];
  if (use !== undefined) cell.part(2);
  return equipment === 'CP' || MOBILE.test(value) ? 'mobile' : use;
}

function periodIn(cell: Cell, to: Converting): unknown {
  if (cell.peek(13) === '' && cell.peek(14) === '') return undefined;
  return periodOf(cell.at(13, 'DTM'), cell.at(14, 'DTM'), to);
}

/** XTN or TN to ContactPoint: the number as one text, else built of its parts; an e-mail address where it is one. */
export const toContactPoint: Converter = (cell, to) => {
  const mail = cell.peek(4);
  const equipment = cell.peek(3).toUpperCase();
  if (SYSTEMS[equipment] !== undefined) cell.part(3);
  const isMail = mail !== '' && (SYSTEMS[equipment] === 'email' || numberOf(cell) === '');
  const value = isMail ? cell.part(4) : numberOf(cell);
  if (value === '') return undefined;
  const { count } = cell;
  if (count > 1) readAgain(cell, value);
  return compact({
    extension: count < 5 || isMail ? NO_EXTENSIONS : extensionsOf(cell),
    system: systemOf(value, equipment, isMail),
    value,
    use: useOf(cell, equipment, value),
    rank: count < 18 ? undefined : rankOf(cell),
    period: count < 13 ? undefined : periodIn(cell, to),
  });
};
