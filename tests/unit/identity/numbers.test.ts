import { describe, expect, test } from '@jest/globals';

import { readIdNumber } from '../../../src/identity/id-number.ts';
import { isSharedNumber } from '../../../src/identity/number-kinds.ts';
import { normalisePhone } from '../../../src/identity/phone.ts';

describe('personal identification numbers (GB 11643-1999, permits)', () => {
  test.each([
    [
      'NI',
      '990000196803121014',
      { type: '01', value: '990000196803121014', valid: true, birth: '1968-03-12', sex: 'male' },
    ],
    ['身份证', ' 990000 19680312 1014 ', { type: '01', value: '990000196803121014', valid: true }],
    ['NI', '990000680312101', { type: '01', value: '990000196803121014', valid: true }],
    ['NI', '99000019880203038x', { type: '01', value: '99000019880203038X', valid: true, sex: 'female' }],
    ['NI', '990000196803121015', { type: '01', valid: false }],
    ['NI', '990000196813121014', { type: '01', valid: false }],
    ['06', 'h1234567801', { type: '06', value: 'H12345678', valid: true }],
    ['港澳通行证', 'M12345678', { type: '06', value: 'M12345678', valid: true }],
    ['07', '1234567802', { type: '07', value: '12345678', valid: true }],
    ['PPN', 'E12345678', { type: '03', value: 'E12345678', valid: false }],
    ['MR', '990000196803121014', { type: '01', valid: true }],
  ])('%s %s', (kind, raw, expected) => {
    expect(readIdNumber(kind, raw)).toMatchObject(expected);
  });

  test.each([
    ['MR', 'P1'],
    ['MR', '990000196803121015'],
    ['NI', '111111111111111111'],
    ['NI', '无'],
    ['NI', '123456789012345678'],
    ['医保', '990000196803121014'],
    ['就诊卡', '990000196803121014'],
  ])('%s %s says nothing about who it is', (kind, raw) => {
    expect(readIdNumber(kind, raw)).toBeUndefined();
  });
});

describe('numbers of identifier domains', () => {
  test.each([
    ['MR', 'P1', true],
    ['影像号', 'R20931', true],
    ['就诊卡', 'C0088', false],
    ['VN', 'V1', false],
    ['医保号', 'Y1', false],
    ['电子健康卡', 'E1', false],
    ['MR', '000000', false],
  ])('%s %s', (kind, value, shared) => {
    expect(isSharedNumber({ namespace: 'HOSP01', kind, value })).toBe(shared);
  });
});

describe('phones', () => {
  test.each([
    ['13912345678', '13912345678'],
    ['+86 139-1234-5678', '13912345678'],
    ['008613912345678', '13912345678'],
    ['013912345678', '13912345678'],
    ['１３９１２３４５６７８', '13912345678'],
    ['(010) 6555 1234 转 12', '01065551234'],
    ['+86 10 65551234', '01065551234'],
    ['13800000000', undefined],
    ['11111111111', undefined],
    ['无', undefined],
    ['123', undefined],
    [undefined, undefined],
  ])('%s', (raw, expected) => {
    expect(normalisePhone(raw)).toBe(expected);
  });
});
