import { DateTime } from 'luxon';
import type { Calendar } from './calendar.ts';
import { toWorkday } from './calendar.ts';
import type { Duration } from './duration.ts';
import { addDurations, daysOf } from './duration.ts';
import type { Timing } from './plan.ts';

/** An anchor as text: a FHIR date or dateTime of at least day precision (`2026-11-19`, `2026-11-19T08:00:00+08:00`). */
export type AnchorText = string;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T/;
const DEFAULT_WINDOW: Duration = { years: 0, months: 0, weeks: 0, days: 7, hours: 0, minutes: 0 };

/**
 * The anchor as a wall time in the zone. A date stays a date (midnight there): stored as an instant it would shift by a
 * day where the zone once had summer time. Undefined where the text is less precise than a day or no time at all.
 */
export function anchorTime(text: AnchorText, zone: string): DateTime | undefined {
  if (!DAY.test(text) && !INSTANT.test(text)) return undefined;
  const time = DAY.test(text)
    ? DateTime.fromISO(text, { zone })
    : DateTime.fromISO(text, { setZone: true }).setZone(zone);
  return time.isValid ? time : undefined;
}

/** The local date of an anchor, `YYYY-MM-DD`. */
export function anchorDate(text: AnchorText, zone: string): string | undefined {
  return anchorTime(text, zone)?.toFormat('yyyy-MM-dd');
}

/** Adds a duration to a wall time: calendar parts first, clamped to the month's end; hours and minutes as elapsed time. */
export function plus(time: DateTime, duration: Duration): DateTime {
  const { years, months, weeks, days, hours, minutes } = duration;
  return time.plus({ years, months, weeks, days }).plus({ hours, minutes });
}

/** When occurrence `n` (from 1) of a step is due: anchor + offset + (n − 1) × every, at the wall time, moved off holidays. */
export function dueTime(anchor: DateTime, timing: Timing, n: number, calendar: Calendar): DateTime {
  const total = timing.repeat === undefined ? timing.offset : addDurations(timing.offset, timing.repeat.every, n - 1);
  const { hours, minutes, ...days } = total;
  let due = anchor.plus(days);
  if (timing.time !== undefined) {
    const [hour = 0, minute = 0] = timing.time.split(':').map(Number);
    due = due.set({ hour, minute, second: 0, millisecond: 0 });
  }
  due = due.plus({ hours, minutes });
  if (timing.holiday === 'any-day') return due;
  return toWorkday(calendar, due, timing.holiday === 'next-workday' ? 1 : -1);
}

/** The end of the window of an occurrence that is due at `due`. */
export function expiryTime(due: DateTime, timing: Timing | undefined): DateTime {
  return plus(due, timing?.expireAfter ?? DEFAULT_WINDOW);
}

/** Days from the anchor to the end of the last window of a dated step. */
export function windowDaysOf(timing: Timing): number {
  const repeat = timing.repeat;
  const last =
    repeat === undefined ? timing.offset : addDurations(timing.offset, repeat.every, (repeat.count ?? 12) - 1);
  return Math.ceil(daysOf(last) + daysOf(timing.expireAfter ?? DEFAULT_WINDOW));
}

/** Midnight of the next local day. */
export function nextMidnight(now: Date, zone: string): Date {
  return DateTime.fromJSDate(now, { zone }).plus({ days: 1 }).startOf('day').toJSDate();
}

/** The local date of an instant, `YYYY-MM-DD`. */
export function localDate(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd');
}
