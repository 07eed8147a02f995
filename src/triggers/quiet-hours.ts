import { DateTime } from 'luxon';
import type { QuietSpan } from './policy.ts';

/** The end of the quiet span that `now` lies in, following spans that touch; undefined where the channel may speak. */
export function quietUntil(spans: readonly QuietSpan[], now: Date, zone: string): Date | undefined {
  let at = DateTime.fromJSDate(now, { zone });
  for (let hop = 0; hop <= spans.length; hop++) {
    const wall = at.toFormat('HH:mm');
    const span = spans.find((candidate) => within(candidate, wall));
    if (span === undefined) return hop === 0 ? undefined : at.toJSDate();
    const [hour = 0, minute = 0] = span.to.split(':').map(Number);
    const end = at.set({ hour, minute, second: 0, millisecond: 0 });
    at = end > at ? end : end.plus({ days: 1 });
  }
  return at.toJSDate();
}

function within(span: QuietSpan, wall: string): boolean {
  return span.from <= span.to ? wall >= span.from && wall < span.to : wall >= span.from || wall < span.to;
}
