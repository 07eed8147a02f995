import { readTs } from '../../hl7/lenient-ts.ts';
import type { Hl7Time } from '../../hl7/parse-ts.ts';
import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** `+0800` in minutes to `+08:00`. */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The date part of a time with the precision it has. */
function dateText(time: Hl7Time): string {
  const year = String(time.year).padStart(4, '0');
  if (time.month === undefined) return year;
  return time.day === undefined ? `${year}-${two(time.month)}` : `${year}-${two(time.month)}-${two(time.day)}`;
}

/** FHIR dateTime: a time of day needs minutes, seconds and an offset, so an hour alone becomes a full clock time. */
function dateTimeText(time: Hl7Time, to: Pick<Converting, 'offset'>): string {
  if (time.hour === undefined) return dateText(time);
  const fraction = time.fraction === undefined ? '' : `.${time.fraction}`;
  const offset = time.offset === undefined ? to.offset(time) : formatOffset(time.offset);
  return `${dateText(time)}T${two(time.hour)}:${two(time.minute ?? 0)}:${two(time.second ?? 0)}${fraction}${offset}`;
}

function read(cell: Cell, to: Converting): Hl7Time | undefined {
  const text = cell.text();
  return text === '' ? undefined : readText(text, cell, to);
}

function readText(text: string, cell: Cell, to: Converting): Hl7Time | undefined {
  const time = readTs(text);
  if (time === undefined) to.invalid(cell, 'a date or time YYYYMMDD[HHMM[SS]]');
  return time;
}

/** DTM, DT or TS to dateTime. */
export const toDateTime: Converter = (cell, to) => {
  const text = cell.text();
  if (text === '') return undefined;
  const known = to.times.get(text);
  if (known !== undefined) return known;
  const time = readText(text, cell, to);
  if (time === undefined) return undefined;
  const made = dateTimeText(time, to);
  to.times.set(text, made);
  return made;
};

/** DTM or DT to date; a time of day is dropped. */
export const toDate: Converter = (cell, to) => {
  const time = read(cell, to);
  return time === undefined ? undefined : dateText(time);
};

/** DTM to instant, which needs at least the day: missing clock parts are zero. */
export const toInstant: Converter = (cell, to) => {
  const time = read(cell, to);
  if (time === undefined) return undefined;
  if (time.day === undefined) {
    to.invalid(cell, 'a time with at least a day');
    return undefined;
  }
  return dateTimeText({ ...time, hour: time.hour ?? 0 }, to);
};

/** TM (`HHMM[SS]`) to time. */
export const toTime: Converter = (cell, to) => {
  const text = cell.text();
  if (text === '') return undefined;
  const [, hour, minute = '00', second = '00', fraction = ''] =
    /^(\d\d):?(\d\d)?:?(\d\d)?(\.\d{1,9})?(?:[+-]\d{2}:?\d{2})?$/u.exec(text) ?? [];
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60)
    // A fraction of zeros says nothing, and some validators refuse it.
    return `${hour}:${minute}:${second}${/^\.0+$/u.test(fraction) ? '' : fraction}`;
  to.invalid(cell, 'a time of day HHMM[SS]');
  return undefined;
};

/** One time to a Period that begins with it. */
export const toStart: Converter = (cell, to) => {
  const start = toDateTime(cell, to);
  return start === undefined ? undefined : { start };
};

/** DR to Period. */
export const toPeriod: Converter = (cell, to) => periodOf(cell.at(1, 'DTM'), cell.at(2, 'DTM'), to);

/** DR to dateTime: its start (guide, DR[dateTime]). */
export const rangeStart: Converter = (cell, to) => toDateTime(cell.at(1, 'DTM'), to);

/** Two times to a Period; an end before the start is left out with a warning. */
export function periodOf(from: Cell, until: Cell, to: Converting): Readonly<Record<string, unknown>> | undefined {
  const start = toDateTime(from, to);
  const end = toDateTime(until, to);
  if (typeof start !== 'string' || typeof end !== 'string') return compact({ start, end });
  if (isReversed(start, end)) {
    to.invalid(until, 'an end that is not before the start');
    return { start };
  }
  return orderedPeriod(start, end);
}

const DAY = '2026-11-21'.length;

/** True where a period would end before it starts, as far as both are known. */
export function isReversed(start: string, end: string): boolean {
  const common = Math.min(DAY, start.length, end.length);
  const isVague = start.length <= DAY || end.length <= DAY;
  return isVague ? start.slice(0, common) > end.slice(0, common) : Date.parse(end) < Date.parse(start);
}

/**
 * A Period of a start and an end that is not before it. Where one is known to the day and the other to the second of the
 * same day, they cannot be compared (per-1), so that what a Period means by the shorter one is written out: all of that
 * day, month or year (R4 datatypes.html#Period).
 */
export function orderedPeriod(start: string, end: string): Readonly<Record<string, unknown>> {
  if (start.length === end.length || (start.length > DAY && end.length > DAY)) return { start, end };
  const isShortStart = start.length < end.length;
  const short = isShortStart ? start : end;
  const long = isShortStart ? end : start;
  if (!long.startsWith(short)) return { start, end };
  return isShortStart ? { start: first(start, long), end } : { start, end: last(end, long) };
}

const OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/u;

/** The beginning of a year, month or day, as exact as another time in it. */
function first(text: string, like: string): string {
  const day = `${text}-01-01`.slice(0, DAY);
  return like.length <= DAY ? day.slice(0, like.length) : `${day}T00:00:00${OFFSET.exec(like)?.[0] ?? 'Z'}`;
}

/** The end of a year, month or day, as exact as another time in it. */
function last(text: string, like: string): string {
  const month = text.length > 4 ? text.slice(0, 7) : `${text}-12`;
  const days = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
  const day = text.length === DAY ? text : `${month}-${two(days)}`;
  return like.length <= DAY ? day.slice(0, like.length) : `${day}T23:59:59${OFFSET.exec(like)?.[0] ?? 'Z'}`;
}
