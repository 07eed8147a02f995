import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { intervalOf, parseDate, periodInterval } from '../../../src/fhir/dates.ts';
import { fhirTimes } from '../../../src/fhir/hl7-time.ts';
import { isZone, offsetAt, toUtc } from '../../../src/fhir/zone.ts';

const SHANGHAI = 'Asia/Shanghai';
const utc = (text: string): number => Date.parse(text);

describe('FHIR dates as intervals', () => {
  test.each([
    ['2026', '2025-12-31T16:00:00Z', '2026-12-31T16:00:00Z'],
    ['2026-02', '2026-01-31T16:00:00Z', '2026-02-28T16:00:00Z'],
    ['2026-12', '2026-11-30T16:00:00Z', '2026-12-31T16:00:00Z'],
    ['2026-03-02', '2026-03-01T16:00:00Z', '2026-03-02T16:00:00Z'],
    ['2026-03-02T10:00', '2026-03-02T02:00:00Z', '2026-03-02T02:01:00Z'],
    ['2026-03-02T10:00:05', '2026-03-02T02:00:05Z', '2026-03-02T02:00:06Z'],
    ['2026-03-02T10:00:05+01:00', '2026-03-02T09:00:05Z', '2026-03-02T09:00:06Z'],
    ['2026-03-02T10:00:05.5Z', '2026-03-02T10:00:05.500Z', '2026-03-02T10:00:05.600Z'],
    ['2026-03-02T10:00:05.123456Z', '2026-03-02T10:00:05.123Z', '2026-03-02T10:00:05.124Z'],
    ['1988-07-01', '1988-06-30T15:00:00Z', '1988-07-01T15:00:00Z'],
  ])('%s in Shanghai', (text, low, high) => {
    expect(intervalOf(text, SHANGHAI)).toEqual([utc(low), utc(high)]);
  });

  test.each([
    '2026-02-30',
    '2025-02-29',
    '2026-13',
    '0000',
    '2026-1-1',
    '2026-01-01T24:00:00Z',
    '2026-01-01T10',
    '2026-01-01T10:00:00+25:00',
    '20260101',
    '',
  ])('%s is no date', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test('open ends of a period are infinite', () => {
    expect(periodInterval('2026-01-01', undefined, 'UTC')).toEqual([utc('2026-01-01'), Infinity]);
    expect(periodInterval(undefined, '2026-01-01', 'UTC')).toEqual([-Infinity, utc('2026-01-02')]);
    expect(periodInterval(undefined, undefined, 'UTC')).toBeUndefined();
  });
});

describe('zones', () => {
  test.each(['Asia/Shanghai', 'Asia/Hong_Kong', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'])(
    'offsets of %s are those of the tz database',
    (zone) => {
      fc.assert(
        fc.property(
          fc.date({ min: new Date('1950-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
          (at) => {
            expect(offsetAt(zone, at.getTime())).toBe(DateTime.fromJSDate(at, { zone }).offset * 60_000);
          },
        ),
        { numRuns: 100 },
      );
    },
  );

  test('a skipped or repeated wall clock time is read with the offset before the change', () => {
    const local = (text: string): number => Date.parse(`${text}Z`);
    expect(toUtc('Europe/Berlin', local('2026-03-29T02:30:00'))).toBe(utc('2026-03-29T01:30:00Z'));
    expect(toUtc('Europe/Berlin', local('2026-10-25T02:30:00'))).toBe(utc('2026-10-25T00:30:00Z'));
    expect(toUtc('Europe/Berlin', local('2026-10-25T03:30:00'))).toBe(utc('2026-10-25T02:30:00Z'));
    expect(toUtc('Europe/Berlin', local('2026-03-29T04:30:00'))).toBe(utc('2026-03-29T02:30:00Z'));
  });

  test('names what is a zone', () => {
    expect(['Asia/Shanghai', '+08:00', 'UTC', 'Mars/Olympus', '+8'].map(isZone)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('HL7 v2 times', () => {
  test.each([
    ['1986', '1986', '1986', undefined],
    ['198607', '1986-07', '1986-07', undefined],
    ['19860701', '1986-07-01', '1986-07-01', undefined],
    ['2026030210', '2026-03-02', '2026-03-02T10:00:00+08:00', undefined],
    ['202603021015', '2026-03-02', '2026-03-02T10:15:00+08:00', undefined],
    ['20260302101559', '2026-03-02', '2026-03-02T10:15:59+08:00', '2026-03-02T10:15:59+08:00'],
    ['20260302101559.1234+0000', '2026-03-02', '2026-03-02T10:15:59.1234Z', '2026-03-02T10:15:59.1234Z'],
    ['20260302101559-0330', '2026-03-02', '2026-03-02T10:15:59-03:30', '2026-03-02T10:15:59-03:30'],
    ['198807011200', '1988-07-01', '1988-07-01T12:00:00+09:00', undefined],
  ])('%s', (text, date, dateTime, instant) => {
    expect(fhirTimes(text, SHANGHAI)).toEqual({ date, dateTime, ...(instant === undefined ? {} : { instant }) });
  });

  test.each(['20260230', '202613', '2026030225', '20260302101570', '0000', '2026-03-02', '203', '2026030210+9900', ''])(
    '%s is refused',
    (text) => {
      expect(fhirTimes(text, SHANGHAI)).toBeUndefined();
    },
  );
});
