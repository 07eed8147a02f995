import { expect, test } from '@jest/globals';

import { differencesOf } from '../../../src/app/diff-mappings.ts';
import { mapBytes, type MapOptions } from '../../../src/app/map-files.ts';
import { loaded, mappingFiles } from '../mapping/mapping-files.ts';

const OTHER =
  'map: ADT_A01\nextends: base/ADT_A01\nrest: none\nresources: { patient: { set: { gender-: , birthDate: PID-29 } } }\n';
const mappings = loaded([...mappingFiles(), { path: 'sites/other/ADT_A01.yaml', text: OTHER }]);

const BYTES = Buffer.from(
  [
    'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01|1|P|2.5',
    'EVN||20261121',
    'PID|1||P990001^^^H^MR||Test^A||19800101|M|||||||||||||||||||||20261120',
    'PV1|1|I|||||||||||||||||V990001',
  ].join('\r'),
);

function mapped(site?: string) {
  const common = { mappings, source: 'HIS', ids: {}, zone: '+08:00' };
  const options: MapOptions = site === undefined ? common : { ...common, site };
  return mapBytes({ file: 'a.hl7', index: 1, count: 1, bytes: BYTES, receivedAt: new Date(0) }, options);
}

test('what another mapping would change is told leaf by leaf, and what it would lose', () => {
  expect(differencesOf(mapped(), mapped('other'))).toEqual([
    { place: 'Patient.birthDate', before: '1980-01-01', after: '2026-11-20' },
    { place: 'Patient.gender', before: 'male' },
    { place: 'unmapped PID-7', after: 'not-mapped' },
    { place: 'unmapped PID-8', after: 'not-mapped' },
  ]);
});

test('the same mapping changes nothing', () => {
  expect(differencesOf(mapped(), mapped())).toEqual([]);
});
