import { DateTime } from 'luxon';
import { parseDuration } from '../../triggers/duration.ts';
import { plus } from '../../triggers/times.ts';

/** `from` plus an ISO 8601 duration, counted in a zone. */
export function after(from: Date, duration: string, zone: string): Date {
  const parsed = parseDuration(duration);
  return parsed === undefined ? from : plus(DateTime.fromJSDate(from, { zone }), parsed).toJSDate();
}
