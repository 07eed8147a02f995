/** A time as HL7 writes it, with exactly the precision that was sent. */
export interface Hl7Time {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** Digits behind the decimal point of the seconds. */
  readonly fraction?: string;
  /** Minutes east of UTC. */
  readonly offset?: number;
}

type Mutable = { -readonly [K in keyof Hl7Time]: Hl7Time[K] };

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads TS and DTM (HL7 v2.8.2 chapter 2A.3.22): `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]`. Up to nine decimals are taken.
 * `undefined` where the text is none or names a moment that the calendar does not have.
 */
export function parseTs(text: string): Hl7Time | undefined {
  const digits = countDigits(text, 0);
  if (digits < 4 || digits > 14 || digits % 2 === 1) return undefined;
  const time: Mutable = { year: number(text, 0, 4) };
  if (!readDate(text, digits, time) || !readClock(text, digits, time)) return undefined;
  let at = digits;
  if (text.charCodeAt(at) === 0x2e) {
    const decimals = countDigits(text, at + 1);
    if (digits !== 14 || decimals < 1 || decimals > 9) return undefined;
    time.fraction = text.slice(at + 1, at + 1 + decimals);
    at += 1 + decimals;
  }
  if (at === text.length) return time;
  const offset = readOffset(text, at);
  if (offset === undefined) return undefined;
  time.offset = offset;
  return time;
}

function readDate(text: string, digits: number, time: Mutable): boolean {
  if (time.year === 0) return false;
  if (digits < 6) return true;
  const month = number(text, 4, 6);
  time.month = month;
  if (month < 1 || month > 12) return false;
  if (digits < 8) return true;
  const day = number(text, 6, 8);
  time.day = day;
  if (day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || isLeap(time.year);
}

function readClock(text: string, digits: number, time: Mutable): boolean {
  if (digits < 10) return true;
  time.hour = number(text, 8, 10);
  if (time.hour > 23) return false;
  if (digits < 12) return true;
  time.minute = number(text, 10, 12);
  if (time.minute > 59) return false;
  if (digits < 14) return true;
  time.second = number(text, 12, 14);
  return time.second <= 59;
}

/** `+HHMM` or `-HHMM` at the end of the text, within the 14 hours that any zone has. */
function readOffset(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== at + 5 || countDigits(text, at + 1) !== 4) return undefined;
  const minutes = number(text, at + 3, at + 5);
  const total = number(text, at + 1, at + 3) * 60 + minutes;
  if (minutes > 59 || total > 14 * 60) return undefined;
  return sign === 0x2d && total !== 0 ? -total : total;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function countDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) break;
    at += 1;
  }
  return at - from;
}

function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i += 1) value = value * 10 + text.charCodeAt(i) - 0x30;
  return value;
}
