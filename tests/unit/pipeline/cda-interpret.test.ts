import { expect, test } from '@jest/globals';

import { cdaInterpreter } from '../../../src/pipeline/cda/interpret.ts';
import { documentOf } from '../cda/reading.ts';

const receivedAt = new Date('2026-11-21T10:00:00Z');

function timeOf(written: string): readonly [at: string, warnings: readonly string[]] | undefined {
  const head =
    `<id root="1.2.3.4.5.6" extension="D990002"/><effectiveTime value="${written}"/><recordTarget><patientRole>` +
    '<id root="1.2.3.4.5.7" extension="P990002"/></patientRole></recordTarget>';
  const read = cdaInterpreter('test').interpret({
    id: 'm-1',
    bytes: documentOf('<section><text>x</text></section>', head),
    receivedAt,
    channel: {
      name: 'emr',
      source: 'EMR',
      ack: 'checked',
      ackTimeoutMs: 30_000,
      zone: '+08:00',
      ids: {},
      snapshots: [],
      backfill: false,
      onFailure: 'continue',
    },
  });
  return read.ok ? [read.value.at.toISOString(), read.value.warnings.map(({ code }) => code)] : undefined;
}

test.each([
  ['20261121093000', '2026-11-21T01:30:00.000Z', []],
  ['20261121093000+0000', '2026-11-21T09:30:00.000Z', []],
  ['', '2026-11-21T10:00:00.000Z', []],
  ['20261121100500+0000', '2026-11-21T10:05:00.000Z', []],
  ['20261121102000+0000', '2026-11-21T10:00:00.000Z', ['pipeline.event-time-ahead']],
  ['today', '2026-11-21T10:00:00.000Z', ['cda.invalid-value']],
])('news of a document written at "%s" are of %s', (written, at, warnings) => {
  expect(timeOf(written)).toEqual([at, warnings]);
});
