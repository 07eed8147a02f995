import { describe, expect, test } from '@jest/globals';

import { ackPlan, isWanted, type AckCondition } from '../../../src/hl7/ack-mode.ts';
import { buildAck, salvageHeader, type AckCode } from '../../../src/hl7/ack.ts';
import type { Message } from '../../../src/hl7/message.ts';
import { readMessage } from '../../../src/hl7/read-message.ts';
import { encodeText } from '../../../src/hl7/encode.ts';
import { problem } from '../../../src/core/problem.ts';

const at = new Date('2026-11-20T23:30:00Z');
const missing = problem('pipeline.key-field-missing', 'PID-3 is empty', { path: 'PID-3' });

function message(text: string, charset = 'utf-8'): Message {
  const result = readMessage(encodeText(text, charset).bytes);
  if (!result.ok) throw new TypeError(result.error.code);
  return result.value;
}

const msh = (version: string, charset = 'UNICODE UTF-8', language = ''): string =>
  `MSH|^~\\&|HIS^1.2.3^ISO|H\\T\\1|JL|HOSP|20261121073000||ADT^A01^ADT_A01|M\\F\\1|P|${version}|||AL|NE||${charset}|${language}\rPID|1\r`;

function ack(text: string, code: AckCode, charset = 'utf-8', problems = [missing]): string[] {
  const original = message(text, charset);
  const { bytes } = buildAck(original, { code, controlId: 'A1', at, offset: 480, problems });
  const back = readMessage(bytes);
  if (!back.ok) throw new TypeError(back.error.code);
  expect(back.value.charset).toBe(original.charset);
  return back.value.segments.map((s) => s.text);
}

test('a positive acknowledgement swaps the parties and repeats MSH-10 as it was written', () => {
  expect(ack(msh('2.5.1'), 'AA', 'utf-8', [])).toEqual([
    'MSH|^~\\&|JL|HOSP|HIS^1.2.3^ISO|H\\T\\1|20261121073000+0800||ACK^A01^ACK|A1|P|2.5.1||||||UNICODE UTF-8',
    'MSA|AA|M\\F\\1',
  ]);
});

test.each([
  ['2.5', 'ERR||PID^1^3^1|101^Required field missing^HL70357|E|pipeline.key-field-missing^'],
  ['2.8.2', 'ERR||PID^1^3^1|101^Required field missing^HL70357|E|pipeline.key-field-missing^'],
  ['2.4', 'ERR|PID^1^3^101&Required field missing&HL70357'],
  ['2.3.1', 'ERR|PID^1^3^101&Required field missing&HL70357'],
])('version %s places the error', (version, start) => {
  const err = ack(msh(version), 'AE')[2] ?? '';
  expect(err.slice(0, start.length)).toBe(start);
});

test.each([
  ['2.1', 'ACK'],
  ['2.3', 'ACK^A01'],
  ['2.3.1', 'ACK^A01^ACK'],
  ['2.5.1^CHN', 'ACK^A01^ACK'],
])('version %s writes message type %s', (version, type) => {
  expect(ack(msh(version), 'AA', 'utf-8', [])[0]?.split('|')[8]).toBe(type);
});

test.each([
  ['UNICODE UTF-8', 'utf-8', '', 'en'],
  ['UNICODE UTF-8', 'utf-8', 'zh', 'zh'],
  ['UNICODE UTF-8', 'utf-8', 'zh-CN', 'zh'],
  ['GB 18030-2000', 'gb18030', '', 'zh'],
  ['GBK', 'gbk', '', 'zh'],
  ['GBK', 'gbk', 'en', 'en'],
])('charset %s (%s), MSH-19 %j is answered in %s', (name, charset, language, expected) => {
  const lines = ack(msh('2.5', name, language), 'AE', charset);
  expect(lines[1]?.includes('缺少') ? 'zh' : 'en').toBe(expected);
  expect(lines[0]?.split('|')[17]).toBe(name);
});

test('a charset that was guessed is declared by its right name', () => {
  expect(ack(msh('2.5', ''), 'AE')[0]?.split('|')[17]).toBe(undefined);
  expect(ack(msh('2.5', 'UNICODE UTF-8').replace('PID|1', 'PID|张'), 'AE', 'gb18030')[0]?.split('|')[17]).toBe(
    'GB 18030-2000',
  );
});

test('foreign delimiters are used and texts escaped by them', () => {
  const original = message('MSH#*%!@#HIS#H1#JL##2026##ADT*A01#M1#P#2.5\r');
  const odd = problem('pipeline.key-field-missing', 'a#b*c', { path: 'PID[2]-3[4].5' });
  const { bytes } = buildAck(original, { code: 'AE', controlId: 'A1', at, problems: [odd] });
  const lines = Buffer.from(bytes).toString().split('\r');
  expect(lines[0]).toBe('MSH#*%!@#JL##HIS#H1#20261120233000+0000##ACK*A01*ACK#A1#P#2.5');
  expect(lines[1]?.startsWith('MSA#AE#M1#')).toBe(true);
  expect(lines[2]?.startsWith('ERR##PID*2*3*4*5#101*')).toBe(true);
  expect(lines[2]).toContain('a!F!b!S!c');
});

test('something that is no message at all still gets a well-formed AR', () => {
  const { bytes } = buildAck(undefined, {
    code: 'AR',
    controlId: 'A1',
    at,
    problems: [problem('hl7.no-msh', 'no MSH')],
  });
  const back = readMessage(bytes);
  expect(back.ok && back.value.segments.map((s) => s.text)).toEqual([
    'MSH|^~\\&|||||20261120233000+0000||ACK^^ACK|A1|P|2.5.1',
    expect.stringMatching(/^MSA\|AR\|\|.+/),
    expect.stringMatching(/^ERR\|\|\|100\^Segment sequence error\^HL70357\|E\|hl7\.no-msh\^.*\^JINGLUO\|\|no MSH\|.+/),
  ]);
});

test('the header of a message in an unsupported charset is saved for the answer', () => {
  const bytes = Buffer.concat([Buffer.from(msh('2.5', 'ISO IR87').split('PID')[0] ?? ''), Buffer.of(0xff, 0x81, 0x0d)]);
  const { bytes: answer } = buildAck(salvageHeader(bytes), { code: 'AR', controlId: 'A1', at });
  expect(Buffer.from(answer).toString()).toContain('MSA|AR|M\\F\\1');
  expect(salvageHeader(Buffer.from('GET / HTTP/1.1'))).toBeUndefined();
});

describe('MSH-15 and MSH-16', () => {
  test.each([
    ['', '', { mode: 'original', accept: 'NE', application: 'AL' }],
    ['AL', '', { mode: 'enhanced', accept: 'AL', application: 'NE' }],
    ['AL', 'NE', { mode: 'enhanced', accept: 'AL', application: 'NE' }],
    ['NE', 'AL', { mode: 'enhanced', accept: 'NE', application: 'AL' }],
    ['ER', 'SU', { mode: 'enhanced', accept: 'ER', application: 'SU' }],
    ['yes', '', { mode: 'enhanced', accept: 'AL', application: 'NE' }],
  ])('%j and %j', (accept, application, plan) => {
    expect(ackPlan(accept, application)).toEqual(plan);
  });

  test.each<[AckCondition, boolean, boolean]>([
    ['AL', true, true],
    ['NE', false, false],
    ['ER', false, true],
    ['SU', true, false],
  ])('%s: on success %s, on error %s', (condition, onSuccess, onError) => {
    expect([isWanted(condition, true), isWanted(condition, false)]).toEqual([onSuccess, onError]);
  });
});
