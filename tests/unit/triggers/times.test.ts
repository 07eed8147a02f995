import { describe, expect, test } from '@jest/globals';
import type { Calendar } from '../../../src/triggers/calendar.ts';
import { WEEKEND_ONLY } from '../../../src/triggers/calendar.ts';
import { cappedUntil } from '../../../src/triggers/caps.ts';
import type { Duration } from '../../../src/triggers/duration.ts';
import { parseDuration } from '../../../src/triggers/duration.ts';
import type { Timing } from '../../../src/triggers/plan.ts';
import { quietUntil } from '../../../src/triggers/quiet-hours.ts';
import { loadCalendar } from '../../../src/triggers/read/load-calendar.ts';
import { anchorTime, dueTime } from '../../../src/triggers/times.ts';
import { configFiles } from './config-files.ts';

const cn: Calendar = loadCalendar(configFiles().calendars, []);

function duration(text: string): Duration {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
}

function due(
  anchor: string,
  zone: string,
  timing: Partial<Timing> & { readonly offset: Duration },
  n = 1,
): string | null {
  const start = anchorTime(anchor, zone);
  const whole: Timing = { anchor: 'a', late: 'send', enrolledLate: 'skip', holiday: 'any-day', ...timing };
  return start === undefined ? null : dueTime(start, whole, n, cn).toISO({ suppressMilliseconds: true });
}

describe('due times', () => {
  test.each([
    ['a date in Shanghai', '2026-11-19', 'Asia/Shanghai', 'P3D', '10:00', '2026-11-22T10:00:00+08:00'],
    [
      'an instant late in the evening is still that day',
      '2026-11-19T23:30:00+08:00',
      'Asia/Shanghai',
      'P3D',
      '10:00',
      '2026-11-22T10:00:00+08:00',
    ],
    [
      'an instant in UTC is the local day',
      '2026-11-18T17:00:00Z',
      'Asia/Shanghai',
      'P1D',
      '09:00',
      '2026-11-20T09:00:00+08:00',
    ],
    ['one month from the 31st', '2026-01-31', 'Asia/Shanghai', 'P1M', '09:00', '2026-02-28T09:00:00+08:00'],
    [
      'clocks go back in New York',
      '2026-10-31T09:00:00-04:00',
      'America/New_York',
      'P1D',
      '09:00',
      '2026-11-01T09:00:00-05:00',
    ],
    ['clocks go forward in New York', '2026-03-07', 'America/New_York', 'P1D', '09:00', '2026-03-08T09:00:00-04:00'],
    ['before the anchor', '2026-11-28', 'Asia/Shanghai', '-P1D', '18:00', '2026-11-27T18:00:00+08:00'],
    [
      'hours are elapsed time',
      '2026-11-19T10:00:00+08:00',
      'Asia/Shanghai',
      'PT4H',
      undefined,
      '2026-11-19T14:00:00+08:00',
    ],
  ])('%s', (...row) => {
    const [, anchor, zone, offset, time, expected] = row;
    expect(due(anchor, zone, { offset: duration(offset), ...(time === undefined ? {} : { time }) })).toBe(expected);
  });

  test('repetitions are counted from the anchor, never chained', () => {
    const timing = { offset: duration('P1M'), time: '09:00', repeat: { every: duration('P1M'), count: 4 } };
    const days = [1, 2, 3, 4].map((n) => due('2026-10-31', 'Asia/Shanghai', timing, n)?.slice(0, 10));
    expect(days).toEqual(['2026-11-30', '2026-12-31', '2027-01-31', '2027-02-28']);
  });

  test.each([
    ['a Saturday', '2026-11-19', 'P1M', 'next-workday', '2026-12-21'],
    ['the national holiday', '2026-09-25', 'P7D', 'next-workday', '2026-10-08'],
    ['the national holiday, backwards', '2026-09-25', 'P7D', 'previous-workday', '2026-09-30'],
    ['a Saturday with make-up work', '2026-10-03', 'P7D', 'next-workday', '2026-10-10'],
    ['Spring Festival', '2026-02-10', 'P5D', 'next-workday', '2026-02-24'],
  ] as const)('moves off %s', (...row) => {
    const [, anchor, offset, holiday, expected] = row;
    expect(due(anchor, 'Asia/Shanghai', { offset: duration(offset), time: '09:00', holiday })?.slice(0, 10)).toBe(
      expected,
    );
  });

  test.each(['2026', '2026-11', 'soon', ''])('%j is no anchor', (text) => {
    expect(anchorTime(text, 'Asia/Shanghai')).toBeUndefined();
  });

  test.each(['P', 'PT', '3D', 'P1.5D', 'P3D10H'])('%j is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('without a calendar only weekends are free', () => {
    expect([...WEEKEND_ONLY.weekend]).toEqual([6, 7]);
  });
});

const NIGHT = [{ from: '21:00', to: '08:00' }];
const VOICE = [
  { from: '21:00', to: '09:00' },
  { from: '12:00', to: '14:00' },
];

describe('quiet hours', () => {
  test.each([
    ['20:59', NIGHT, undefined],
    ['21:00', NIGHT, '2026-11-22T08:00'],
    ['23:59', NIGHT, '2026-11-22T08:00'],
    ['07:59', NIGHT, '2026-11-21T08:00'],
    ['08:00', NIGHT, undefined],
    ['12:30', VOICE, '2026-11-21T14:00'],
    ['08:30', VOICE, '2026-11-21T09:00'],
  ])('at %s', (wall, spans, until) => {
    const found = quietUntil(spans, new Date(`2026-11-21T${wall}:00+08:00`), 'Asia/Shanghai');
    expect(found?.toISOString()).toBe(until === undefined ? undefined : new Date(`${until}:00+08:00`).toISOString());
  });
});

describe('caps', () => {
  const now = new Date('2026-11-21T12:00:00+08:00');
  test.each([
    ['nothing sent', [], { perDay: 1 }, undefined],
    ['yesterday does not count', ['2026-11-20T23:59:00+08:00'], { perDay: 1 }, undefined],
    ['once today', ['2026-11-21T09:00:00+08:00'], { perDay: 1 }, '2026-11-22T00:00:00+08:00'],
    ['gap still runs', ['2026-11-21T09:00:00+08:00'], { minGap: duration('PT4H') }, '2026-11-21T13:00:00+08:00'],
    ['gap is over', ['2026-11-21T07:00:00+08:00'], { minGap: duration('PT4H') }, undefined],
  ])('%s', (_name, sends, limits, until) => {
    const found = cappedUntil(sends, limits, now, 'Asia/Shanghai');
    expect(found?.getTime()).toBe(until === undefined ? undefined : Date.parse(until));
  });
});
