import { describe, expect, test } from '@jest/globals';

import { messageStructure } from '../../../src/hl7/events.ts';
import { formatTs } from '../../../src/hl7/format-ts.ts';
import { readHeader } from '../../../src/hl7/header.ts';
import { identifiersOf } from '../../../src/hl7/identifiers.ts';
import { readTs } from '../../../src/hl7/lenient-ts.ts';
import { parseTs } from '../../../src/hl7/parse-ts.ts';
import { formatPath, parsePath } from '../../../src/hl7/path.ts';
import { parsed } from './messages.ts';

describe('TS and DTM', () => {
  test.each([
    ['1968', { year: 1968 }],
    ['196803', { year: 1968, month: 3 }],
    ['19680312', { year: 1968, month: 3, day: 12 }],
    ['2026112107', { year: 2026, month: 11, day: 21, hour: 7 }],
    ['202611210730', { year: 2026, month: 11, day: 21, hour: 7, minute: 30 }],
    [
      '20261121073015.0120+0800',
      { year: 2026, month: 11, day: 21, hour: 7, minute: 30, second: 15, fraction: '0120', offset: 480 },
    ],
    ['2026-0330', { year: 2026, offset: -210 }],
    ['20240229', { year: 2024, month: 2, day: 29 }],
    ['20000229', { year: 2000, month: 2, day: 29 }],
    ['202611210000-0000', { year: 2026, month: 11, day: 21, hour: 0, minute: 0, offset: 0 }],
  ])('%s', (text, time) => {
    expect(parseTs(text)).toEqual(time);
  });

  test.each([
    '',
    '0000',
    '196',
    '19683',
    '196800',
    '196813',
    '19000229',
    '20230229',
    '20260431',
    '2026112124',
    '202611210760',
    '20261121073060',
    '20261121073015.',
    '202611210730.5',
    '20261121+08',
    '20261121+0860',
    '20261121+1500',
    '2026-11-21',
    '20261121 0730',
    '20261121073015Z',
    '2026112107301512',
    '""',
  ])('%j is none', (text) => {
    expect(parseTs(text)).toBeUndefined();
  });

  test.each([
    ['20261120240000', '20261121000000'],
    ['20261231240000+0800', '20270101000000+0800'],
    ['2026022824', '2026030100'],
    ['2026-11-20 24:00', '202611210000'],
    ['2026年1月5日', '20260105'],
    ['19680000', '1968'],
  ])('%s means %s', (text, plain) => {
    expect(readTs(text)).toEqual(parseTs(plain));
  });

  test.each(['20261301', '20261121083', '20261120240100', '20261120250000', '20260230240000'])(
    '%s means nothing',
    (text) => {
      expect(readTs(text)).toBeUndefined();
    },
  );

  test('a moment is written with its offset', () => {
    const at = new Date('2026-11-20T23:30:15.999Z');
    expect(formatTs(at, 480)).toBe('20261121073015+0800');
    expect(formatTs(at, -210)).toBe('20261120200015-0330');
  });
});

describe('addresses', () => {
  test.each(['PID-5[1].1.1', 'OBX[3]-5[1].1', 'PID', 'ZPI[2]', 'MSH-18', 'PID-3.4.2', 'PV1-3[2]'])('%s', (text) => {
    const path = parsePath(text);
    expect(path === undefined ? undefined : formatPath(path)).toBe(text);
  });

  test.each(['', 'pid-3', 'PID-0', 'PID-', 'PID-3.', 'PID-3[0]', 'PID-3[1', 'PID-3.1.1.1', 'PIDX-3', 'PID-3 '])(
    '%j is none',
    (text) => {
      expect(parsePath(text)).toBeUndefined();
    },
  );
});

test('header facts', () => {
  const message = parsed(
    'MSH|^~\\&|HIS^1.2^ISO|H1|JL|H2|20261121073000+0800||ADT^^ADT_A01|M1|T^A|2.5.1|||AL|NE|CHN|GBK~UTF8|zh^Chinese\rEVN|A01|20261121072900',
  );
  expect(readHeader(message)).toEqual({
    sendingApplication: 'HIS',
    sendingFacility: 'H1',
    receivingApplication: 'JL',
    receivingFacility: 'H2',
    sentAt: '20261121073000+0800',
    code: 'ADT',
    trigger: 'A01',
    structure: 'ADT_A01',
    controlId: 'M1',
    processingId: 'T',
    version: '2.5.1',
    acceptAck: 'AL',
    applicationAck: 'NE',
    country: 'CHN',
    charset: 'GBK',
    language: 'zh',
    recordedAt: '20261121072900',
  });
});

test('patient numbers of every PID and MRG, empty and null ones left out', () => {
  const message = parsed(
    [
      'MSH|^~\\&|HIS',
      'PID|1|OLD1|P1^^^HOSP01&1.2.3&ISO^MR~~""~P9^^^^PI||x',
      'MRG|P2^^^HOSP01^MR|||T4',
      'PID|2||P3',
      'MRG|P4',
    ].join('\r'),
  );
  const found = identifiersOf(message);
  expect(found.map((id) => [id.path, id.value, id.kind, id.authority])).toEqual([
    ['PID-3[1]', 'P1', 'MR', 'HOSP01'],
    ['PID-3[4]', 'P9', 'PI', ''],
    ['PID-2[1]', 'OLD1', '', ''],
    ['PID[2]-3[1]', 'P3', '', ''],
    ['MRG-1[1]', 'P2', 'MR', 'HOSP01'],
    ['MRG-4[1]', 'T4', '', ''],
    ['MRG[2]-1[1]', 'P4', '', ''],
  ]);
  expect(found[0]).toMatchObject({ universalId: '1.2.3', universalIdType: 'ISO' });
});

test.each([
  ['ADT', 'A08', '', 'ADT_A01'],
  ['ADT', 'A08', 'ADT_A08', 'ADT_A01'],
  ['ADT', 'A11', '', 'ADT_A09'],
  ['ADT', 'A40', 'ADT_A39', 'ADT_A39'],
  ['ADT', 'A49', '', 'ADT_A30'],
  ['SIU', 'S26', '', 'SIU_S12'],
  ['ORU', 'R01', '', 'ORU_R01'],
  ['MDM', 'T10', '', 'MDM_T02'],
  ['ADT', 'Z01', 'ADT_A01', 'ADT_A01'],
  ['ZZZ', 'Z01', '', 'ZZZ_Z01'],
  ['ACK', '', '', 'ACK'],
])('%s^%s^%s has structure %s', (code, trigger, declared, structure) => {
  expect(messageStructure(code, trigger, declared)).toBe(structure);
});
