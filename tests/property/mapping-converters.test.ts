import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { validate } from '../../src/fhir/validate/validate.ts';
import { toResources } from '../../src/mapping/to-resources.ts';
import { set } from '../unit/mapping/converter-cases.ts';
import { mapped, message } from '../unit/mapping/mapping-files.ts';

/** What senders write, and what nobody should. */
const atom = fc.oneof(
  fc.constantFrom(
    '',
    '""',
    ' ',
    'A',
    'a  b',
    '张伟',
    '7',
    '-1',
    '4.10',
    '>5',
    '99999999999',
    '1e9',
    'NaN',
    '\\X00\\',
    '\\.br\\',
  ),
  fc.constantFrom(
    '20261121',
    '2026',
    '202613',
    '20261121083000+0800',
    '2026-11-21T08:30Z',
    '20261121',
    '19680000',
    '2400',
  ),
  fc.constantFrom('1.2.3', '1.02.3', 'http://x.example/a b', 'ISO', 'UUID', 'LN', 'UCUM', 'HL70203', 'L', 'MR', 'NI'),
  fc.constantFrom(
    '990000196803121014',
    'Base64',
    'Hex',
    'QUJD',
    'QUJ',
    '4142',
    '-',
    ':',
    '+',
    'CNY',
    'RMB',
    'd',
    'H',
    'M',
  ),
);
const list = (separator: string, of: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(of, { minLength: 1, maxLength }).map((parts) => parts.join(separator));
const component = list('&', atom, 4);
const field = list('~', list('^', fc.oneof({ weight: 4, arbitrary: atom }, component), 15), 2);
const segment = (name: string, count: number): fc.Arbitrary<string> =>
  fc.array(field, { minLength: 1, maxLength: count }).map((fields) => [name, ...fields].join('|'));
const kinds = fc.constantFrom(
  'NM',
  'SN',
  'CWE',
  'DT',
  'TM',
  'TS',
  'ED',
  'RP',
  'ST',
  'CQ',
  'DR',
  'XPN',
  'CX',
  'XTN',
  'XAD',
  'MO',
  'NR',
  'NA',
);
const result = fc
  .tuple(kinds, field, field, field)
  .map(([kind, code, value, unit]) => `OBX|1|${kind}|${code}||${value}|${unit}||||||||20261121`);

test('no conversion makes what R4 does not allow', () => {
  fc.assert(
    fc.property(segment('PID', 30), segment('PV1', 50), result, segment('FT1', 12), (...segments) => {
      const made = mapped(set, message('MSH|^~\\&|A|B|C|D|20261121||EXA^E01|1|P|2.8.2', ...segments));
      const broken = made.warnings.filter(({ code }) => code === 'mapping.rule-broken');
      expect(broken.map(({ message: text }) => text)).toEqual([]);
      expect(toResources(made).flatMap((resource) => validate(resource))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});
