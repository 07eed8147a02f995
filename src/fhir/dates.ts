import { parseOffset, toUtc } from './zone.ts';

/** How much of a point in time is given. */
type Precision = 'year' | 'month' | 'day' | 'minute' | 'second' | 'fraction';

/** A FHIR date, dateTime or instant taken apart; `local` is its beginning on the wall clock, as if it were UTC. */
export interface DateParts {
  readonly local: number;
  readonly precision: Precision;
  /** UTC offset in milliseconds; absent where the text has none. */
  readonly offset?: number;
  /** Milliseconds that the text leaves open, for `minute` and finer. */
  readonly width: number;
  readonly year: number;
  readonly month: number;
}

/** `[low, high)` in UTC milliseconds; open ends are infinite. */
export type Interval = readonly [number, number];

const FORM = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const MINUTE = 60_000;

/**
 * Reads a date, dateTime or instant (R4 datatypes.html#dateTime), also with minutes but no seconds as searches may
 * have it. Undefined where the text has another form or names no real day or time (30 February, 24:00).
 */
export function parseDate(text: string): DateParts | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const part = (index: number, absent: number): number => Number(match[index] ?? absent);
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)];
  const clock = clockMs(part(4, 0), part(5, 0), part(6, 0));
  if (year === 0 || clock === undefined || !isCalendarDay(year, month, day)) return undefined;
  const [fraction, zone] = [match[7], match[8]];
  const offset = parseOffset(zone ?? 'Z');
  if (offset === undefined) return undefined;
  const ms = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000 + 1e-6);
  const precision = precisionOf(match);
  const parts = { local: utcOf(year, month, day) + clock + ms, precision, width: widthOf(precision, fraction) };
  return zone === undefined ? { ...parts, year, month } : { ...parts, year, month, offset };
}

function clockMs(hour: number, minute: number, second: number): number | undefined {
  return isClockTime(hour, minute, second) ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
}

/** The interval that a date, dateTime or instant covers; without an offset it is read in `zone`. Undefined where it is none. */
export function intervalOf(text: string, zone: string): Interval | undefined {
  const parts = parseDate(text);
  return parts === undefined ? undefined : intervalOfParts(parts, zone);
}

/** The interval that a read date covers. */
export function intervalOfParts(parts: DateParts, zone: string): Interval {
  const end = parts.width === 0 ? calendarEnd(parts) : parts.local + parts.width;
  if (parts.offset !== undefined) return [parts.local - parts.offset, end - parts.offset];
  const low = toUtc(zone, parts.local);
  return [low, parts.width === 0 ? toUtc(zone, end) : low + parts.width];
}

/** The interval of a Period; a missing or unreadable end is open. Undefined where both are missing. */
export function periodInterval(start: unknown, end: unknown, zone: string): Interval | undefined {
  const from = typeof start === 'string' ? intervalOf(start, zone) : undefined;
  const to = typeof end === 'string' ? intervalOf(end, zone) : undefined;
  if (from === undefined && to === undefined) return undefined;
  return [from?.[0] ?? -Infinity, to?.[1] ?? Infinity];
}

/** True for a day of the (proleptic Gregorian) calendar. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0));
}

/** True for a time of day; second 60 is a leap second. */
export function isClockTime(hour: number, minute: number, second: number): boolean {
  return hour <= 23 && minute <= 59 && second <= 60;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** `Date.UTC` reads years below 100 as 19xx. */
function utcOf(year: number, month: number, day: number): number {
  return year >= 100 ? Date.UTC(year, month - 1, day) : new Date(0).setUTCFullYear(year, month - 1, day);
}

function precisionOf([, , month, day, hour, , second, fraction]: RegExpExecArray): Precision {
  if (fraction !== undefined) return 'fraction';
  if (second !== undefined) return 'second';
  if (hour !== undefined) return 'minute';
  if (day !== undefined) return 'day';
  return month === undefined ? 'year' : 'month';
}

function widthOf(precision: Precision, fraction: string | undefined): number {
  if (precision === 'minute') return MINUTE;
  if (precision === 'second') return 1000;
  if (precision === 'fraction') return 10 ** Math.max(0, 3 - (fraction?.length ?? 3));
  return 0;
}

function calendarEnd({ local, precision, year, month }: DateParts): number {
  if (precision === 'year') return utcOf(year + 1, 1, 1);
  if (precision === 'month') return month === 12 ? utcOf(year + 1, 1, 1) : utcOf(year, month + 1, 1);
  return local + 86_400_000;
}
