import { parseTs, type Hl7Time } from './parse-ts.ts';

/** What senders write instead of HL7's form: `2026-11-21 08:30:00`, `2026/1/5`, `2026年1月5日`, ISO 8601 with `Z`. */
const WRITTEN =
  /^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?(?:[T\s]*(\d{1,2})[:时](\d{1,2})分?(?::?(\d{1,2})秒?(\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/u;
/** HL7's form with an offset as ISO 8601 writes it, or with spaces: `20261121 083000`, `20261121083000+08:00`. */
const SPACED = /^(\d{8})[T\s]*(\d{2}):?(\d{2})(?::?(\d{2})(\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/u;

const pad = (text: string): string => (text === '' ? '' : text.padStart(2, '0'));

/** A time in HL7's form; the text itself where it is none that is known. */
function standard(text: string): string {
  const found = WRITTEN.exec(text) ?? SPACED.exec(text);
  if (found === null) return text;
  // The last two parts are the fraction and the offset.
  const digits = found.slice(1, -2).map((part: string | undefined) => pad(part ?? ''));
  const [fraction = '', offset = ''] = found.slice(-2);
  return `${digits.join('')}${fraction}${offset === 'Z' ? '+0000' : offset.replace(':', '')}`;
}

/** Trailing zeros stand for an unknown day, month or time in many senders: `19680000`. */
function trimmed(plain: string): string {
  const found =
    /^(\d{4})0000(?:0{4}|0{6})?$/u.exec(plain) ??
    /^(\d{6})00(?:0{4}|0{6})?$/u.exec(plain) ??
    /^(\d{4})00$/u.exec(plain);
  return found?.[1] ?? plain;
}

/** The end of a day, which HL7 has no form for, is the beginning of the next: `20261121240000`. */
function endOfDay(plain: string): Hl7Time | undefined {
  const [, day = '', rest = ''] = /^(\d{8})24((?:00){0,2}(?:\.0+)?(?:[+-]\d{4})?)$/u.exec(plain) ?? [];
  const time = day === '' ? undefined : parseTs(`${day}00${rest}`);
  if (time?.month === undefined || time.day === undefined) return undefined;
  const next = new Date(Date.UTC(time.year, time.month - 1, time.day + 1));
  return { ...time, year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}

/**
 * Reads a time as {@link parseTs} does, and what senders write in its place where there is no doubt what they mean: ISO
 * 8601, dates as they are written in China, zeros for what is not known, midnight as 24:00.
 */
export function readTs(text: string): Hl7Time | undefined {
  const exact = parseTs(text);
  if (exact !== undefined) return exact;
  const plain = standard(text);
  return parseTs(trimmed(plain)) ?? endOfDay(plain);
}
