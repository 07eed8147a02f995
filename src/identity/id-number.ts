import { idKindOf, type IdType } from './number-kinds.ts';
import { isPlaceholderNumber } from './placeholders.ts';

/** A personal identification number, cleaned. */
export interface IdNumber {
  /** `01` resident ID, `03` passport, `06` HK/Macao permit, `07` Taiwan permit. */
  readonly type: IdType;
  /** Upper case; a resident ID has 18 characters, permits are without their issue count. */
  readonly value: string;
  /** Form and check digit are right; a passport has nothing to check and is never valid. */
  readonly valid: boolean;
  /** Birth date (`YYYY-MM-DD`) that a valid resident ID states. */
  readonly birth?: string;
  readonly sex?: 'male' | 'female';
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';

/**
 * Reads a number as a personal identification number; undefined for other kinds and placeholders.
 * A number of an unknown kind counts only where it is an 18-digit resident ID with a right check digit.
 */
export function readIdNumber(kind: string, raw: string): IdNumber | undefined {
  const value = raw
    .normalize('NFKC')
    .replaceAll(/[\s()-]/g, '')
    .toUpperCase();
  if (value === '' || isPlaceholderNumber(value)) return undefined;
  const type = idKindOf(kind);
  if (type === 'lent') return undefined;
  if (type === undefined) {
    const resident = value.length === 18 ? residentId(value) : undefined;
    return resident?.valid === true ? resident : undefined;
  }
  return READERS[type](value);
}

const READERS: Readonly<Record<IdType, (value: string) => IdNumber>> = {
  '01': (value) => permit(value) ?? residentId(value),
  '03': (value) => permit(value) ?? { type: '03', value, valid: false },
  '06': (value) => permit(value) ?? { type: '06', value, valid: false },
  '07': (value) => taiwanPermit(value),
};

/** GB 11643-1999: 6 area, 8 birth, 3 sequence (odd: male), 1 check; 15 digits are the old form. */
function residentId(raw: string): IdNumber {
  const value = /^\d{15}$/.test(raw) ? upgrade(raw) : raw;
  if (!/^\d{17}[\dX]$/.test(value)) return { type: '01', value: raw, valid: false };
  const birth = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`;
  if (checkDigit(value.slice(0, 17)) !== value[17] || !isDate(birth)) return { type: '01', value, valid: false };
  return { type: '01', value, valid: true, birth, sex: Number(value[16]) % 2 === 1 ? 'male' : 'female' };
}

function upgrade(old: string): string {
  const long = `${old.slice(0, 6)}19${old.slice(6)}`;
  return long + checkDigit(long);
}

function checkDigit(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return CHECK[sum % 11] ?? '';
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && text >= '1860-01-01';
}

/** Home-return permit: H or M and 8 digits name the person; two more only count re-issues. */
function permit(value: string): IdNumber | undefined {
  const match = /^([HM]\d{8})(\d{2})?$/.exec(value);
  return match?.[1] === undefined ? undefined : { type: '06', value: match[1], valid: true };
}

/** Permit of Taiwan residents: 8 digits name the person, two more count re-issues. */
function taiwanPermit(value: string): IdNumber {
  const match = /^(?:T(?=\d{8}))?(\d{8})(?:\d{2}|[A-Z])?$/.exec(value);
  return match?.[1] === undefined ? { type: '07', value, valid: false } : { type: '07', value: match[1], valid: true };
}
