import type { Duration } from './duration.ts';
import { plus } from './times.ts';
import { localDate, nextMidnight } from './times.ts';
import { DateTime } from 'luxon';

/** When the person may be written to again under the plan's limits; undefined: now. `sends` are ISO times of all messages to the person. */
export function cappedUntil(
  sends: readonly string[],
  limits: { readonly perDay?: number; readonly minGap?: Duration },
  now: Date,
  zone: string,
): Date | undefined {
  const today = localDate(now, zone);
  const times = sends.map((send) => new Date(send));
  const count = times.filter((time) => localDate(time, zone) === today).length;
  const waits: Date[] = [];
  if (limits.perDay !== undefined && count >= limits.perDay) waits.push(nextMidnight(now, zone));
  if (limits.minGap !== undefined && times.length > 0) {
    const last = new Date(Math.max(...times.map((time) => time.getTime())));
    const free = plus(DateTime.fromJSDate(last, { zone }), limits.minGap).toJSDate();
    if (free > now) waits.push(free);
  }
  return waits.length === 0 ? undefined : new Date(Math.max(...waits.map((wait) => wait.getTime())));
}
