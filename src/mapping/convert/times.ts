import { parseTs, type Hl7Time } from '../../hl7/parse-ts.ts';
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

/** Trailing zeros stand for an unknown day, month or time in many senders: `19680000`. */
function trimmed(text: string): string {
  const plain = text.replaceAll(/[-: T]/gu, (mark, at: number) => (mark === '-' && at > 8 ? mark : ''));
  const found = /^(\d{4})(?:00(?:00)?)?$/u.exec(plain) ?? /^(\d{6})00$/u.exec(plain);
  return found?.[1] ?? plain;
}

function read(cell: Cell, to: Converting): Hl7Time | undefined {
  const text = cell.text();
  return text === '' ? undefined : readText(text, cell, to);
}

function readText(text: string, cell: Cell, to: Converting): Hl7Time | undefined {
  const time = parseTs(text) ?? parseTs(trimmed(text));
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
  const [, hour, minute = '00', second = '00'] = /^(\d\d):?(\d\d)?:?(\d\d)?(?:\.\d+)?(?:[+-]\d{4})?$/u.exec(text) ?? [];
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60)
    return `${hour}:${minute}:${second}`;
  to.invalid(cell, 'a time of day HHMM[SS]');
  return undefined;
};

/** One date to a Period that begins and ends with it. */
export const toStart: Converter = (cell, to) => {
  const start = toDateTime(cell, to);
  return start === undefined ? undefined : { start };
};

/** DR (or the last components of XPN and XAD) to Period. */
export const toPeriod: Converter = (cell, to) => periodOf(cell.at(1, 'DTM'), cell.at(2, 'DTM'), to);

/** Two times to a Period; an end before the start is left out with a warning. */
export function periodOf(from: Cell, until: Cell, to: Converting): Readonly<Record<string, unknown>> | undefined {
  const start = toDateTime(from, to);
  const end = toDateTime(until, to);
  if (typeof start === 'string' && typeof end === 'string' && Date.parse(end) < Date.parse(start)) {
    to.invalid(until, 'an end that is not before the start');
    return { start };
  }
  return compact({ start, end });
}
