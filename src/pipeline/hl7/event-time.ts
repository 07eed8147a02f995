import { problem, type Problem } from '../../core/problem.ts';
import { toUtc } from '../../fhir/zone.ts';
import type { MessageHeader } from '../../hl7/header.ts';
import { readTs } from '../../hl7/lenient-ts.ts';
import type { Hl7Time } from '../../hl7/parse-ts.ts';

/** The time by which news is ordered, and what was odd about it. */
export interface EventTime {
  readonly at: Date;
  readonly warnings: readonly Problem[];
}

/** Later than this after receipt, a time is taken for a wrong clock. */
const TOLERANCE_MS = 10 * 60_000;

/**
 * Event time: EVN-2, else MSH-7, else receipt. A time more than 10 minutes after receipt is clamped to receipt with a
 * warning; without an offset of its own it has that of MSH-7, then the zone of the channel.
 */
export function eventTime(
  header: Pick<MessageHeader, 'recordedAt' | 'sentAt'>,
  receivedAt: Date,
  zone: string,
): EventTime {
  const warnings: Problem[] = [];
  const sent = readTs(header.sentAt);
  const candidates: readonly (readonly [path: string, text: string])[] = [
    ['EVN-2', header.recordedAt],
    ['MSH-7', header.sentAt],
  ];
  for (const [path, text] of candidates) {
    if (text === '') continue;
    const time = readTs(text);
    if (time === undefined) {
      warnings.push(problem('pipeline.event-time-invalid', `${path} is not a valid time.`, { path }));
      continue;
    }
    const ms = utcOf(time, sent?.offset, zone);
    if (ms <= receivedAt.getTime() + TOLERANCE_MS) return { at: new Date(ms), warnings };
    warnings.push(problem('pipeline.event-time-ahead', `${path} lies more than 10 minutes after receipt.`, { path }));
    return { at: receivedAt, warnings };
  }
  return { at: receivedAt, warnings };
}

function utcOf(time: Hl7Time, sentOffset: number | undefined, zone: string): number {
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = '' } = time;
  const wall = new Date(Date.UTC(2000, month - 1, day, hour, minute, second, Number(`${fraction}000`.slice(0, 3))));
  wall.setUTCFullYear(year, month - 1, day);
  const offset = time.offset ?? sentOffset;
  return offset === undefined ? toUtc(zone, wall.getTime()) : wall.getTime() - offset * 60_000;
}
