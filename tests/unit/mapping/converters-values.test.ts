import { expect } from '@jest/globals';
import { check, URL, V2 } from './converter-cases.ts';

const original = (valueString: string): unknown => ({ url: `${URL}originalText`, valueString });
const mr = { coding: [{ system: `${V2}0203`, code: 'MR', display: 'Medical record number' }] };

check('Patient.identifier', [
  [
    'CX-2 and CX-3',
    'PID|||7^4^M11^HIS^MR',
    [
      {
        extension: [
          { url: `${URL}identifier-checkDigit`, valueString: '4' },
          { url: `${URL}namingsystem-checkDigit`, valueString: 'M11' },
        ],
        type: mr,
        system: 'urn:jingluo:namespace/HIS',
        value: '7',
      },
    ],
  ],
  [
    'CX-4 by OID, UUID and what is no OID',
    'PID|||7^^^X&1.2.3.4&ISO~8^^^Y&0AE0DF61-3C4B-4B22-A1BD-5F0E5C0A1B2C&UUID~9^^^Z&1.02.3.4&ISO~6^^^&1.23&ISO',
    [
      { system: 'urn:oid:1.2.3.4', value: '7', assigner: { type: 'Organization', display: 'X' } },
      {
        system: 'urn:uuid:0ae0df61-3c4b-4b22-a1bd-5f0e5c0a1b2c',
        value: '8',
        assigner: { type: 'Organization', display: 'Y' },
      },
      { system: 'urn:jingluo:namespace/Z', value: '9' },
      { system: 'urn:jingluo:namespace/1.23', value: '6' },
    ],
  ],
  [
    'CX-10 and CX-9 where CX-4 is empty',
    'PID|||7^^^^DL^^^^37~7^^^^DL^^^^37^POLICE',
    [
      { type: expect.anything(), system: 'urn:jingluo:namespace/37', value: '7' },
      { type: expect.anything(), system: 'urn:jingluo:namespace/POLICE', value: '7' },
    ],
    { unmapped: 'PID-3[2].9' },
  ],
  [
    'CX-6, CX-7, CX-8',
    'PID|||7^^^HIS^^East^20200101^20210101',
    [
      {
        system: 'urn:jingluo:namespace/HIS',
        value: '7',
        period: { start: '2020-01-01', end: '2021-01-01' },
        assigner: { display: 'East' },
      },
    ],
  ],
]);

check('Patient.maritalStatus', [
  ['CWE without a system', 'PID||||||||||||||||M', { coding: [{ system: `${V2}0002`, code: 'M' }] }],
  [
    'CWE with a code that the table lacks',
    'PID||||||||||||||||XY',
    { coding: [{ system: 'urn:jingluo:codes/HL70002', code: 'XY' }] },
  ],
  [
    "a code that DICOM's vocabulary lacks, one that it has",
    'PID||||||||||||||||IMP^a^http://dicom.nema.org/resources/ontology/DCM^CT^b^http://dicom.nema.org/resources/ontology/DCM',
    {
      coding: [
        { system: 'urn:jingluo:codes/DCM', code: 'IMP', display: 'a' },
        { system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT', display: 'b' },
      ],
    },
  ],
  [
    'three codings, versions, an OID for a system, the original text',
    'PID||||||||||||||||1^a^L1^2^b^L2^v1^v2^text^3^c^^v3^^^^^^^1.2.3.4',
    {
      coding: [
        { system: 'urn:jingluo:codes/L1', version: 'v1', code: '1', display: 'a' },
        { system: 'urn:jingluo:codes/L2', version: 'v2', code: '2', display: 'b' },
        { system: 'urn:oid:1.2.3.4', version: 'v3', code: '3', display: 'c' },
      ],
      text: 'text',
    },
  ],
  ['a text only', 'PID||||||||||||||||^已婚', { text: '已婚' }],
  [
    'blanks inside a code',
    'PID||||||||||||||||A  B',
    { coding: [{ system: 'urn:jingluo:codes/HL70002', code: 'A B' }] },
  ],
]);

check('Patient.deceased', [
  ['to the minute', `PID|${'|'.repeat(28)}202611210830`, '2026-11-21T08:30:00+08:00'],
  ['as ISO 8601 with Z', `PID|${'|'.repeat(28)}2026-11-21T00:30:00Z`, '2026-11-21T00:30:00+00:00'],
  ['with slashes and single digits', `PID|${'|'.repeat(28)}2026/1/5 8:30`, '2026-01-05T08:30:00+08:00'],
  ['with dashes', `PID|${'|'.repeat(28)}2026-11-21 08:30:05`, '2026-11-21T08:30:05+08:00'],
  ['in Chinese', `PID|${'|'.repeat(28)}2026年1月5日`, '2026-01-05'],
  ['an offset with a colon', `PID|${'|'.repeat(28)}20261121083000+09:00`, '2026-11-21T08:30:00+09:00'],
  ['an unknown day', `PID|${'|'.repeat(28)}20261100`, '2026-11'],
  ['an unknown month', `PID|${'|'.repeat(28)}19680000000000`, '1968'],
  ['a day that is none', `PID|${'|'.repeat(28)}20260230`, undefined, { unmapped: 'PID-29', warnings: 1 }],
  ['a text', `PID|${'|'.repeat(28)}unknown`, undefined, { unmapped: 'PID-29', warnings: 1 }],
]);

check('Encounter.period', [
  [
    'the same moment',
    `PV1||I${'|'.repeat(42)}202611210830|202611210830`,
    { start: '2026-11-21T08:30:00+08:00', end: '2026-11-21T08:30:00+08:00' },
  ],
  [
    'a day and a time of it',
    `PV1||I${'|'.repeat(42)}20261121|202611210830`,
    { start: '2026-11-21T00:00:00+08:00', end: '2026-11-21T08:30:00+08:00' },
  ],
  [
    'a time and its day',
    `PV1||I${'|'.repeat(42)}202611210830|20261121`,
    { start: '2026-11-21T08:30:00+08:00', end: '2026-11-21T23:59:59+08:00' },
  ],
  ['a year and a month of it', `PV1||I${'|'.repeat(42)}2026|202602`, { start: '2026-01', end: '2026-02' }],
  ['the wrong way round', `PV1||I${'|'.repeat(42)}20261121|20261120`, { start: '2026-11-21' }, { unmapped: 'PV1-45' }],
]);

check('Encounter.hospitalization', [
  ['a code of its table', 'PV1||I||||||||||||1', { admitSource: { coding: [{ system: `${V2}0023`, code: '1' }] } }],
]);

check('Encounter.type', [
  [
    'DLD is a code and a time',
    `PV1||I${'|'.repeat(35)}01&Home^20261121`,
    [{ coding: [{ code: '01', display: 'Home' }] }],
    { unmapped: 'PV1-37.2' },
  ],
]);

check('Observation.value', [
  [
    'NM',
    'OBX|1|NM|X||4.10|mmol/L^^UCUM',
    { value: 4.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  ],
  ['the code of a unit of no system', 'OBX|1|NM|X||4|MG^毫克', { value: 4, unit: '毫克' }, { unmapped: 'OBX-6.1' }],
  ['SN comparison', 'OBX|1|SN|X||<^10', { comparator: '<', value: 10 }],
  ['SN range', 'OBX|1|SN|X||^1^-^5', { extension: [original('1 - 5')], low: { value: 1 }, high: { value: 5 } }],
  ['SN range the wrong way round', 'OBX|1|SN|X||^5^-^1', '5-1'],
  [
    'SN ratio with a comparator',
    'OBX|1|SN|X||>^1^:^128',
    { extension: [original('> 1 : 128')], numerator: { comparator: '>', value: 1 }, denominator: { value: 128 } },
  ],
  ['SN category', 'OBX|1|SN|X||^4^+', '4+'],
  ['TM with a fraction', 'OBX|1|TM|X||083015.25', '08:30:15.25'],
  ['TM that is none', 'OBX|1|TM|X||2570', undefined, { unmapped: 'OBX-5', warnings: 1 }],
  ['a control character', 'OBX|1|ST|X||a\\X0007\\b', 'ab'],
]);

check('Observation.referenceRange', [
  ['two dashes', 'OBX|1|NM|X||1||4.0--6.0', [{ low: { value: 4 }, high: { value: 6 }, text: '4.0--6.0' }]],
  ['below zero', 'OBX|1|NM|X||1||-10--5', [{ low: { value: -10 }, high: { value: -5 }, text: '-10--5' }]],
  ['around zero', 'OBX|1|NM|X||1||-3-3', [{ low: { value: -3 }, high: { value: 3 }, text: '-3-3' }]],
  ['the wrong way round', 'OBX|1|NM|X||1||6-4', [{ text: '6-4' }]],
  ['full width', 'OBX|1|NM|X||1||＜5.5', [{ high: { value: 5.5 }, text: '＜5.5' }]],
  ['of men and women', 'OBX|1|NM|X||1||男3-5 女2-4', [{ text: '男3-5 女2-4' }]],
]);

check('DocumentReference.content', [
  [
    'base64 that says no type',
    'OBX|1|ED|X||^^^Base64^JVBERi0xLjQ=',
    [{ attachment: { contentType: 'application/pdf', data: 'JVBERi0xLjQ=' } }],
  ],
  [
    'base64 of the other alphabet without padding',
    'OBX|1|ED|X||^AP^x-y^Base64^_-__QQ',
    [{ attachment: { contentType: 'application/x-y', data: '/+//QQ==' } }],
  ],
  [
    'hexadecimal',
    'OBX|1|ED|X||^^PDF^Hex^25504446',
    [{ attachment: { contentType: 'application/pdf', data: 'JVBERg==' } }],
  ],
  ['hexadecimal that is none', 'OBX|1|ED|X||^^PDF^Hex^2550444', undefined, { unmapped: 'OBX-5', warnings: 2 }],
  [
    'a pointer with a blank',
    'OBX|1|RP|X||http://pacs.example/a b^^IM^JPEG',
    [{ attachment: { contentType: 'image/jpeg', url: 'http://pacs.example/a%20b' } }],
  ],
  [
    'a type with a blank',
    'OBX|1|RP|X||http://pacs.example/a^^IM^odd type',
    [{ attachment: { url: 'http://pacs.example/a' } }],
  ],
]);

check('ChargeItem.priceOverride', [
  ['a price', `FT1|${'|'.repeat(10)}12.50&CNY`, { value: 12.5, currency: 'CNY' }],
  ['another name of a currency', `FT1|${'|'.repeat(10)}12.50&RMB`, { value: 12.5, currency: 'CNY' }],
  ['what is no currency', `FT1|${'|'.repeat(10)}12.50&XX`, { value: 12.5 }, { warnings: 1 }],
]);
