import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { WEEKEND_ONLY } from '../../src/triggers/calendar.ts';
import { parseDuration } from '../../src/triggers/duration.ts';
import { occurrenceId } from '../../src/triggers/occurrence-id.ts';
import type { Timing } from '../../src/triggers/plan.ts';
import { quietUntil } from '../../src/triggers/quiet-hours.ts';
import { anchorTime, dueTime } from '../../src/triggers/times.ts';

const zone = fc.constantFrom('Asia/Shanghai', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe');
const date = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2040-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const hour = fc.integer({ min: 4, max: 23 });
const months = parseDuration('P1M');
const spans = [
  { from: '21:00', to: '09:00' },
  { from: '12:00', to: '14:00' },
];

describe('due times', () => {
  test('keep the wall time whatever the zone does, and grow with n', () => {
    fc.assert(
      fc.property(date, zone, hour, fc.integer({ min: 1, max: 24 }), (anchor, name, at, n) => {
        const start = anchorTime(anchor, name);
        if (start === undefined || months === undefined) return false;
        const time = `${String(at).padStart(2, '0')}:30`;
        const timing: Timing = {
          anchor: 'a',
          offset: months,
          time,
          late: 'send',
          enrolledLate: 'skip',
          holiday: 'any-day',
          repeat: { every: months },
        };
        const due = dueTime(start, timing, n, WEEKEND_ONLY);
        const next = dueTime(start, timing, n + 1, WEEKEND_ONLY);
        const day = Math.min(start.day, start.plus({ months: n }).daysInMonth ?? 0);
        return due.toFormat('HH:mm') === time && due.day === day && next > due;
      }),
      { numRuns: 200 },
    );
  });

  test('never end in quiet hours', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        zone,
        (now, name) => {
          const until = quietUntil(spans, now, name);
          return until === undefined || (until >= now && quietUntil(spans, until, name) === undefined);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a date is the same date in every zone', () => {
    fc.assert(
      fc.property(date, zone, (text, name) => anchorTime(text, name)?.toFormat('yyyy-MM-dd') === text),
      { numRuns: 200 },
    );
  });
});

describe('occurrence ids', () => {
  const text = fc.string({ maxLength: 12 }).filter((value) => !value.includes('\u001f'));
  const name = fc.record({ plan: text, rec: text, key: text, round: fc.nat(5), step: text, n: fc.nat(5) });
  test('are equal exactly for equal names', () => {
    fc.assert(
      fc.property(
        name,
        name,
        (a, b) => (occurrenceId(a) === occurrenceId(b)) === (JSON.stringify(a) === JSON.stringify(b)),
      ),
    );
  });
});

/** The zone data of this runtime: without it the properties would say nothing. */
test('this runtime knows summer time', () => {
  const summer = DateTime.fromISO('2026-07-01T12:00', { zone: 'Europe/Berlin' });
  fc.assert(fc.property(fc.constant(summer.offset), (offset) => offset === 120));
});
