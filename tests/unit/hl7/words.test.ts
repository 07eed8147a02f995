import { expect, test } from '@jest/globals';

import { parseMessage } from '../../../src/hl7/parse.ts';
import { isEachTime, wordsOf } from '../../../src/hl7/words.ts';

const PID = 'PID|1||P1^^^H^MR||测试';
const wordsIn = (msh: string, evn: string, ...others: readonly string[]): string => {
  const parsed = parseMessage([msh, evn, ...others].join('\r'), { charset: 'utf-8', warnings: [] });
  if (!parsed.ok) throw new TypeError(parsed.error.code);
  return wordsOf(parsed.value);
};
const FIRST = wordsIn('MSH|^~\\&|HIS|H|J|J|20261121073000+0800||ADT^A08|M1|P|2.5', 'EVN||20261121073000', PID);

test.each([
  [
    'another time and number',
    'MSH|^~\\&|HIS|H|J|J|20261122080001.5+0800||ADT^A08|M2|P|2.5',
    'EVN||202611220800',
    PID,
    true,
  ],
  ['another offset', 'MSH|^~\\&|HIS|H|J|J|20261121073000+0900||ADT^A08|M1|P|2.5', 'EVN||20261121073000', PID, false],
  ['no time', 'MSH|^~\\&|HIS|H|J|J|||ADT^A08|M1|P|2.5', 'EVN||20261121073000', PID, false],
  ['no EVN-2', 'MSH|^~\\&|HIS|H|J|J|20261121073000+0800||ADT^A08|M1|P|2.5', 'EVN', PID, false],
  ['another event', 'MSH|^~\\&|HIS|H|J|J|20261121073000+0800||ADT^A31|M1|P|2.5', 'EVN||20261121073000', PID, false],
  [
    'when it happened',
    'MSH|^~\\&|HIS|H|J|J|20261121073000+0800||ADT^A08|M1|P|2.5',
    'EVN||20261121073000||||2026',
    PID,
    false,
  ],
  [
    'another patient',
    'MSH|^~\\&|HIS|H|J|J|20261121073000+0800||ADT^A08|M1|P|2.5',
    'EVN||20261121073000',
    'PID|1||P2',
    false,
  ],
  ['another delimiter', 'MSH$^~\\&$HIS$H$J$J$20261121073000+0800$$ADT^A08$M1$P$2.5', 'EVN$$20261121073000', PID, false],
])('%s', (...[, msh, evn, pid, same]) => {
  expect(wordsIn(msh, evn, pid) === FIRST).toBe(same);
});

test('fields that differ each time are those of time and number', () => {
  expect([
    isEachTime('MSH', 7),
    isEachTime('MSH', 10),
    isEachTime('EVN', 2),
    isEachTime('EVN', 6),
    isEachTime('PID', 7),
  ]).toEqual([true, true, true, false, false]);
});
