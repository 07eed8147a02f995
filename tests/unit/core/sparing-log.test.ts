import { expect, test } from '@jest/globals';

import { sparingLog } from '../../../src/app/sparing-log.ts';
import { silentLog, type LogFacts } from '../../../src/core/log.ts';

test('ten lines of an event a second; the next line says how many were left out', () => {
  let time = 0;
  const lines: [string, LogFacts | undefined][] = [];
  const log = sparingLog({ ...silentLog, warn: (event, facts) => lines.push([event, facts]) }, () => time);
  for (let n = 0; n < 500; n += 1) log.warn('connection.refused', { n });
  log.warn('frame.cut');
  expect(lines).toHaveLength(11);
  time = 1_000;
  log.warn('connection.refused', { n: 500 });
  log.warn('connection.refused', { n: 501 });
  expect(lines.slice(11)).toEqual([
    ['connection.refused', { n: 500, leftOut: 490 }],
    ['connection.refused', { n: 501 }],
  ]);
});
