import { describe, expect, test } from '@jest/globals';

import { eventTime } from '../../../src/pipeline/hl7/event-time.ts';

const RECEIVED = new Date('2026-11-21T06:00:00Z');

describe('event time of a message', () => {
  test.each([
    [
      'EVN-2 goes before MSH-7',
      '20261121120000+0800',
      '20261121130000+0800',
      'Asia/Shanghai',
      '2026-11-21T04:00:00.000Z',
      [],
    ],
    ['MSH-7 where there is no EVN-2', '', '20261121130000+0800', 'Asia/Shanghai', '2026-11-21T05:00:00.000Z', []],
    ['receipt where there is neither', '', '', 'Asia/Shanghai', '2026-11-21T06:00:00.000Z', []],
    [
      'the offset of MSH-7 holds for EVN-2',
      '20261121000000',
      '20261121010000-0500',
      'Asia/Shanghai',
      '2026-11-21T05:00:00.000Z',
      [],
    ],
    ['else the zone of the channel', '20261121120000', '', 'Asia/Shanghai', '2026-11-21T04:00:00.000Z', []],
    ['a fixed offset as zone', '20261121000000', '', '-05:00', '2026-11-21T05:00:00.000Z', []],
    ['as ISO 8601 writes it', '2026-11-21 12:00:00', '', 'Asia/Shanghai', '2026-11-21T04:00:00.000Z', []],
    ['midnight as the end of a day', '20261120240000', '', 'Asia/Shanghai', '2026-11-20T16:00:00.000Z', []],
    ['hour precision', '2026112112', '', 'Asia/Shanghai', '2026-11-21T04:00:00.000Z', []],
    ['summer time in China, 1990', '19900701000000', '', 'Asia/Shanghai', '1990-06-30T15:00:00.000Z', []],
    ['nine minutes ahead is believed', '20261121140900', '', 'Asia/Shanghai', '2026-11-21T06:09:00.000Z', []],
    [
      'a clock of 2099 is clamped',
      '20991231000000',
      '',
      'Asia/Shanghai',
      '2026-11-21T06:00:00.000Z',
      ['pipeline.event-time-ahead'],
    ],
    [
      '30 February falls back',
      '20260230',
      '20261121130000',
      'Asia/Shanghai',
      '2026-11-21T05:00:00.000Z',
      ['pipeline.event-time-invalid'],
    ],
  ])('%s', (_name, ...row) => {
    const [recordedAt, sentAt, zone, at, warnings] = row;
    const time = eventTime({ recordedAt, sentAt }, RECEIVED, zone);
    expect({ at: time.at.toISOString(), warnings: time.warnings.map((w) => w.code) }).toEqual({ at, warnings });
  });
});
