import type { DateTime } from 'luxon';

/** Public holidays and make-up working days of a country or hospital; dates are `YYYY-MM-DD`. */
export interface Calendar {
  /** ISO weekdays (1 Monday to 7 Sunday) without work. */
  readonly weekend: ReadonlySet<number>;
  readonly holidays: ReadonlySet<string>;
  /** Days with work although they fall on a weekend. */
  readonly workdays: ReadonlySet<string>;
}

/** The calendar where none is configured: Saturday and Sunday are free. */
export const WEEKEND_ONLY: Calendar = { weekend: new Set([6, 7]), holidays: new Set(), workdays: new Set() };

/** True where people work on this local date. */
function isWorkday(calendar: Calendar, day: DateTime): boolean {
  const date = day.toFormat('yyyy-MM-dd');
  if (calendar.workdays.has(date)) return true;
  return !calendar.holidays.has(date) && !calendar.weekend.has(day.weekday);
}

/** Moves a wall time to the next or previous day with work; at most 60 days, so that a wrong calendar cannot loop. */
export function toWorkday(calendar: Calendar, time: DateTime, direction: 1 | -1): DateTime {
  let moved = time;
  for (let step = 0; step < 60 && !isWorkday(calendar, moved); step++) moved = moved.plus({ days: direction });
  return moved;
}
