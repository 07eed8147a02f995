import { expect, test } from '@jest/globals';

import { CONTEXT, loaded, mapped, mappingFiles, message } from './mapping-files.ts';

const SENT = message(
  'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01^ADT_A01|1|P|2.5.1',
  'EVN||20261121',
  'PID|1||P990001^^^H^MR||Test^A||1980-13-45|Q|||||||||||||||||||||||||',
  'PV1|1|I',
  'ZB6|one^two|three',
);

/** The base mappings with a site that declares a Z segment of which only the first component is of use. */
const set = loaded([
  ...mappingFiles(),
  {
    path: 'sites/account/ADT_A01.yaml',
    text: [
      'map: ADT_A01',
      'extends: base/ADT_A01',
      'site: account',
      'segments: { ZB6: { after: PV1, fields: { 1: CWE, 2: ST } } }',
      'noPlace: [ZB6-2]',
      'rest: none',
      'resources: { patient: { set: { extension+: [ZB6-1.1 | extension(urn:x)] } } }',
    ].join('\n'),
  },
]);

test('what ended in no element is listed with the reason why', () => {
  const mapping = set.for(SENT, 'account');
  const result = mapping.ok ? mapping.value.run(SENT, { ...CONTEXT }) : undefined;
  expect(Object.fromEntries((result?.unmapped ?? []).map(({ address, reason }) => [address, reason]))).toEqual({
    'PID-7': 'invalid-value',
    'PID-8': 'table-lacks-code',
    'ZB6-1.2': 'not-mapped',
    'ZB6-2': 'no-place-in-r4',
  });
});

test('a code that a table lacks is told with its table, for the list of unknown codes', () => {
  expect(mapped(set, SENT).unknownCodes).toEqual([{ table: 'gender', code: 'Q' }]);
});

test('a code of which only the text was taken is not lost', () => {
  const prescription = message(
    'MSH|^~\\&|HIS|H|J|J|20261121||RDE^O11|1|P|2.5',
    'PID|1||P990001^^^H^MR||Test^A',
    'ORC|NW|RX1',
    'RXE||D1^Drug|1||MG^milligram||PC^after meals',
  );
  const told = JSON.stringify(mapped(set, prescription));
  expect([told.includes('"PC"'), told.includes('"MG"')]).toEqual([true, true]);
});
