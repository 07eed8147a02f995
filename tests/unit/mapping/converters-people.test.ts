import { expect, test } from '@jest/globals';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { check, set, URL, V2, type Case } from './converter-cases.ts';
import { mapped, message } from './mapping-files.ts';

const family = (name: string, valueString: string): unknown => ({ url: `${URL}humanname-${name}`, valueString });

check('Patient.name', [
  ...(
    [
      ['L', 'official'],
      ['R', 'official'],
      ['D', 'usual'],
      ['M', 'maiden'],
      ['N', 'nickname'],
      ['MSK', 'anonymous'],
      ['NAV', 'temp'],
      ['TEMP', 'temp'],
      ['BAD', 'old'],
    ] as const
  ).map(([code, use]): Case => [`XPN-7 ${code}`, `PID|||||A^B^^^^^${code}`, [{ use, family: 'A', given: ['B'] }]]),
  ...['P', 'T', 'U', 'K', 'I', 'B', 'C', 'REL'].map((code): Case => [
    `XPN-7 ${code} has no use in R4`,
    `PID|||||A^B^^^^^${code}`,
    [{ family: 'A', given: ['B'] }],
    { unmapped: 'PID-5.7' },
  ]),
  [
    'XPN-1 with the parts of a family name',
    'PID|||||van Dyke-Horn&van&Dyke&zu&Horn^Eva',
    [
      {
        family: 'van Dyke-Horn',
        _family: {
          extension: [
            family('own-prefix', 'van'),
            family('own-name', 'Dyke'),
            family('partner-prefix', 'zu'),
            family('partner-name', 'Horn'),
          ],
        },
        given: ['Eva'],
      },
    ],
  ],
  [
    'XPN-11 assembly order, XPN-8 representation',
    'PID|||||Zhang^Wei^^^^^L^A^^^F',
    [
      {
        extension: [
          { url: `${URL}iso21090-EN-representation`, valueCode: 'ABC' },
          { url: `${URL}humanname-assembly-order`, valueCode: 'F' },
        ],
        use: 'official',
        family: 'Zhang',
        given: ['Wei'],
      },
    ],
  ],
  [
    'XPN-10 is a range of two times',
    'PID|||||A^B^^^^^^^^20200101&20210131',
    [{ family: 'A', given: ['B'], period: { start: '2020-01-01', end: '2021-01-31' } }],
  ],
  [
    'XPN-12 and XPN-13 go before the range',
    'PID|||||A^B^^^^^^^^20200101&20210131^^20220101',
    [{ family: 'A', given: ['B'], period: { start: '2022-01-01' } }],
    { unmapped: 'PID-5.10' },
  ],
  ['blanks are no names', 'PID|||||  ^ ^', undefined],
  ['blanks around a name are none of it', 'PID||||| A ^ B ', [{ family: 'A', given: ['B'] }]],
]);

check('Patient.address', [
  ['XAD-7 H', 'PID|||||||||||^^Jinan^^^^H', [{ use: 'home', city: 'Jinan' }]],
  ['XAD-7 O', 'PID|||||||||||^^Jinan^^^^O', [{ use: 'work', city: 'Jinan' }]],
  ['XAD-7 BA', 'PID|||||||||||^^Jinan^^^^BA', [{ use: 'old', city: 'Jinan' }]],
  ['XAD-7 M', 'PID|||||||||||^^Jinan^^^^M', [{ type: 'postal', city: 'Jinan' }]],
  ...['L', 'P', 'V', 'N', 'BR'].map((code): Case => [
    `XAD-7 ${code} has neither use nor type in R4`,
    `PID|||||||||||^^Jinan^^^^${code}`,
    [
      {
        extension: [{ url: 'urn:jingluo:extension:address-type', valueCoding: { system: `${V2}0190`, code } }],
        city: 'Jinan',
      },
    ],
  ]),
  ['XAD-7 unknown', 'PID|||||||||||^^Jinan^^^^QQ', [{ city: 'Jinan' }], { unmapped: 'PID-11.7' }],
  [
    'XAD-1 with street and number, XAD-2, XAD-19',
    'PID|||||||||||5 Long Rd&Long Rd&5^Flat 2^X^^^^^^^^^^^^^^^^c/o Y',
    [{ line: ['5 Long Rd', 'Long Rd', '5', 'Flat 2', 'c/o Y'], city: 'X' }],
  ],
  [
    'XAD-9 county, XAD-10 census tract, XAD-12 range',
    'PID|||||||||||^^X^^^^^^C1^T9^^20200101&20210101',
    [
      {
        extension: [{ url: 'urn:jingluo:extension:census-tract', valueString: 'T9' }],
        city: 'X',
        district: 'C1',
        period: { start: '2020-01-01', end: '2021-01-01' },
      },
    ],
  ],
]);

check('Patient.telecom', [
  ['XTN-2 PRN', 'PID|||||||||||||82345678^PRN^PH', [{ system: 'phone', value: '82345678', use: 'home' }]],
  ...['ORN', 'VHN', 'ASN', 'EMR', 'NET', 'BPN'].map((code): Case => [
    `XTN-2 ${code} has no use in R4`,
    `PID|||||||||||||82345678^${code}^PH`,
    [{ system: 'phone', value: '82345678' }],
    { unmapped: 'PID-13.2' },
  ]),
  ['XTN-3 SAT', 'PID|||||||||||||82345678^PRN^SAT', [{ system: 'other', value: '82345678', use: 'home' }]],
  ['XTN-3 BP', 'PID|||||||||||||82345678^PRN^BP', [{ system: 'pager', value: '82345678', use: 'home' }]],
  ['XTN-3 CP', 'PID|||||||||||||82345678^PRN^CP', [{ system: 'phone', value: '82345678', use: 'mobile' }]],
  [
    'XTN-3 that is none',
    'PID|||||||||||||82345678^PRN^ZZ',
    [{ system: 'phone', value: '82345678', use: 'home' }],
    { unmapped: 'PID-13.3' },
  ],
  ['XTN-4 alone', 'PID|||||||||||||^^^a@b.example', [{ system: 'email', value: 'a@b.example' }]],
  [
    'XTN-5 to XTN-8',
    'PID|||||||||||||^WPN^PH^^86^10^82345678^12',
    [
      {
        extension: ['country', 'area', 'local', 'extension'].map((name, index) => ({
          url: `${URL}contactpoint-${name}`,
          valueString: ['86', '10', '82345678', '12'][index],
        })),
        system: 'phone',
        value: '+86 10 82345678 X12',
        use: 'work',
      },
    ],
  ],
  [
    'XTN-18 rank, XTN-13 from when',
    'PID|||||||||||||^PRN^PH^^^^^^^^^82345678^20260101^^^^^2',
    [{ system: 'phone', value: '82345678', use: 'home', rank: 2, period: { start: '2026-01-01' } }],
  ],
  [
    'XTN-18 that is no rank',
    'PID|||||||||||||^PRN^PH^^^^^^^^^82345678^^^^^^-1',
    [{ system: 'phone', value: '82345678', use: 'home' }],
    { unmapped: 'PID-13.18' },
  ],
]);

test('a practitioner is known with kind and validity of the number, name and degree', () => {
  const line = 'PV1||O|||||990001^Doe&van&Doe^Eva^^^Dr^MD^^HIS^L^4^M11^EI^East^^^^^20200101^20300101^FACS';
  const result = mapped(set, message('MSH|^~\\&|A|B|C|D|20261121||EXA^E01|1|P|2.8.2', 'PID|1', line));
  expect(toResources(result).find(({ resourceType }) => resourceType === 'Practitioner')).toMatchObject({
    identifier: [
      {
        extension: [{ valueString: '4' }, { valueString: 'M11' }],
        type: { coding: [{ system: `${V2}0203`, code: 'EI' }] },
        system: 'urn:jingluo:namespace/HIS',
        value: '990001',
        assigner: { display: 'East' },
      },
    ],
    name: [
      {
        use: 'official',
        family: 'Doe',
        _family: { extension: [family('own-prefix', 'van'), family('own-name', 'Doe')] },
        given: ['Eva'],
        prefix: ['Dr'],
        suffix: ['MD', 'FACS'],
        period: { start: '2020-01-01', end: '2030-01-01' },
      },
    ],
    qualification: [{ code: { coding: [{ system: `${V2}0360`, code: 'MD' }] } }],
  });
});
