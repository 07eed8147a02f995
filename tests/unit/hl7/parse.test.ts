import { describe, expect, test } from '@jest/globals';

import type { Message } from '../../../src/hl7/message.ts';
import { parseMessage } from '../../../src/hl7/parse.ts';
import { parsePath, readPath } from '../../../src/hl7/path.ts';
import { parsed as parse } from './messages.ts';

function read(message: Message, path: string): string {
  const parsed = parsePath(path);
  if (parsed === undefined) throw new Error(path);
  return readPath(message, parsed);
}

const MSH = 'MSH|^~\\&|HIS|H1|JL|H1|20261121073000||ADT^A01^ADT_A01|M1|P|2.5.1';
const adt = (...segments: string[]): string => [MSH, ...segments, ''].join('\r');

describe('segments', () => {
  test.each([
    ['CR', 'EVN|A01\rPID|1\r'],
    ['LF', 'EVN|A01\nPID|1\n'],
    ['CRLF', 'EVN|A01\r\nPID|1\r\n'],
    ['no terminator at the end', 'EVN|A01\rPID|1'],
    ['blank lines', '\r\r\nEVN|A01\r\n\r\nPID|1\r\r'],
    ['frame end left behind', 'EVN|A01\rPID|1\x1c\r'],
    ['frame end on its own line', 'EVN|A01\rPID|1\r\x1c\r'],
  ])('%s', (_name, rest) => {
    for (const start of ['', '\ufeff', '\x0b', '\r\n']) {
      const message = parse(`${start}${MSH}\r${rest}`);
      expect(message.segments.map((s) => s.text)).toEqual([MSH, 'EVN|A01', 'PID|1']);
      expect(message.warnings).toEqual([]);
    }
  });

  test('a line without a segment name stays in the segment before it, with a warning', () => {
    const message = parse(adt('OBX|1|TX|1^x||first\nsecond line\rthird|5', 'NTE|1'));
    expect(message.segments.map((s) => s.name)).toEqual(['MSH', 'OBX', 'NTE']);
    expect(read(message, 'OBX-5')).toBe('first\nsecond line\rthird');
    expect(message.warnings.map((w) => w.code)).toEqual(['hl7.stray-line', 'hl7.stray-line']);
  });

  test('a segment name in small letters is the name, with a warning; text that looks alike is text', () => {
    const message = parse(adt('pid|1||7', 'zpi|1', 'obx|1|TX|1^x||first', 'two|5'));
    expect(message.segments.map((s) => s.name)).toEqual(['MSH', 'PID', 'ZPI', 'OBX']);
    expect(read(message, 'PID-3')).toBe('7');
    expect(read(message, 'OBX-5')).toBe('first\rtwo');
    expect(message.warnings.map(({ code, at }) => `${code} ${at?.path ?? ''}`)).toEqual([
      'hl7.segment-lower-case PID',
      'hl7.segment-lower-case ZPI',
      'hl7.segment-lower-case OBX',
      'hl7.stray-line ',
    ]);
  });

  test('Z segments and bare names are segments', () => {
    const message = parse(adt('ZPI|1|cash', 'EVN'));
    expect(message.segments.map((s) => s.name)).toEqual(['MSH', 'ZPI', 'EVN']);
    expect(read(message, 'ZPI-2')).toBe('cash');
    expect(message.first('EVN')?.fieldCount).toBe(0);
  });

  test.each([
    ['', 'hl7.empty'],
    ['\r\n\x0b\x1c\r', 'hl7.empty'],
    ['GET / HTTP/1.1\r\n', 'hl7.no-msh'],
    ['MSH', 'hl7.no-msh'],
    ['MSHX^~', 'hl7.no-msh'],
    ['PID|1\rMSH|^~\\&', 'hl7.no-msh'],
  ])('%j is %s', (text, code) => {
    expect(parseMessage(text, { charset: 'utf-8' })).toMatchObject({ ok: false, error: { code } });
  });
});

describe('fields', () => {
  const message = parse(
    adt('PID|1||A1^^^H1&1.2.3&ISO^MR~B2^^^CN^NI~~|""|张^伟|||x\\T\\y&z^&sub^""|trail|||', 'PID|2||C3'),
  );
  test.each([
    ['MSH-1', '|'],
    ['MSH-2', '^~\\&'],
    ['MSH-3', 'HIS'],
    ['MSH-9.2', 'A01'],
    ['PID-3', 'A1'],
    ['PID-3.4', 'H1'],
    ['PID-3.4.2', '1.2.3'],
    ['PID-3[2].5', 'NI'],
    ['PID-3[3]', ''],
    ['PID-3[9]', ''],
    ['PID-4', '""'],
    ['PID-4.2', ''],
    ['PID-5.2', '伟'],
    ['PID-6', ''],
    ['PID-8.1.1', 'x&y'],
    ['PID-8.1.2', 'z'],
    ['PID-8.2.1', ''],
    ['PID-8.2.2', 'sub'],
    ['PID-8.3', '""'],
    ['PID-40', ''],
    ['PID[2]-3', 'C3'],
    ['PID[3]-3', ''],
    ['NK1-3', ''],
  ])('%s is %j', (path, value) => {
    expect(read(message, path)).toBe(value);
  });

  test('empty repetitions count, an empty field has none', () => {
    const pid = message.first('PID');
    expect(pid?.repetitions(3)).toEqual(['A1^^^H1&1.2.3&ISO^MR', 'B2^^^CN^NI', '', '']);
    expect(pid?.repetitions(2)).toEqual([]);
    expect(pid?.repetitions(99)).toEqual([]);
    expect(message.first('MSH')?.repetitions(2)).toEqual(['^~\\&']);
    expect(pid?.fieldCount).toBe(12);
  });
});

describe('delimiters', () => {
  test('are those of MSH-1 and MSH-2', () => {
    const message = parse('MSH#*%!@#HIS\rPID#1##A*B@C!T!D%second!F!x');
    expect(read(message, 'PID-3.2.2')).toBe('C@D');
    expect(read(message, 'PID-3[2]')).toBe('second#x');
  });

  test('the fifth is the truncation character', () => {
    const message = parse('MSH|^~\\&#|HIS\rPID|||a\\P\\b');
    expect(message.separators.truncation).toBe('#');
    expect(message.warnings).toEqual([]);
    expect(read(message, 'PID-3')).toBe('a#b');
  });

  test.each([
    ['MSH|^|HIS\rPID|1||a^b~c&d', ['hl7.delimiter-missing']],
    ['MSH|^~|HIS\rPID|1||a^b~c&d', ['hl7.delimiter-missing']],
    ['MSH||HIS\rPID|1||a^b~c&d', ['hl7.delimiter-missing']],
    ['MSH|^~\\^|HIS\rPID|1||a^b~c', ['hl7.delimiter-duplicate']],
  ])('%j is read with warnings %j', (text, codes) => {
    const message = parse(text);
    expect(read(message, 'PID-3.2')).toBe('b');
    expect(read(message, 'PID-3[2]')).toBe('c');
    expect(message.warnings.map((w) => w.code)).toEqual(codes);
  });

  test('a delimiter that is not declared and whose standard character is taken separates nothing', () => {
    const message = parse('MSH&^~|&HIS\rPID&1&&a^b|F|c');
    expect(message.separators.subcomponent).toBe('');
    expect(read(message, 'PID-3.2')).toBe('b&c');
  });
});

describe('escapes', () => {
  test.each([
    ['\\F\\\\S\\\\T\\\\R\\\\E\\', '|^&~\\'],
    ['\\E\\F\\E\\', '\\F\\'],
    ['a\\X0D\\b', 'a\rb'],
    ['\\XE5BCA0\\\\XE4BC9F\\', '张伟'],
    ['\\XE5\\\\XBCA0\\', '张'],
    ['\\XE5BC\\', '\\XE5BC\\'],
    ['\\X0\\', '\\X0\\'],
    ['one\\.br\\two', 'one\ntwo'],
    ['one\\.sp\\two\\.sp2\\three', 'one\ntwo\n\nthree'],
    ['\\.in+4\\in\\.fi\\dent\\.sk 3\\x', 'indent   x'],
    ['\\H\\high\\N\\ normal', 'high normal'],
    ['\\Zxy\\local', '\\Zxy\\local'],
    ['C:\\temp', 'C:\\temp'],
    ['C:\\temp\\T\\x', 'C:\\temp&x'],
    ['a\\b\\c\\F\\d', 'a\\b\\c|d'],
    ['end\\', 'end\\'],
    ['\\\\', '\\\\'],
    ['\\M2441\\VPND\\C2842\\ok', '中文ok'],
    ['\\C9999\\x', '\\C9999\\x'],
  ])('%s reads %j', (raw, text) => {
    expect(read(parse(adt(`NTE|1||${raw}`)), 'NTE-3')).toBe(text);
  });

  test('hexadecimal bytes are decoded in the charset of the message', () => {
    expect(read(parse(adt('NTE|1||\\XD5\\\\XC5CEB0\\'), 'gb18030'), 'NTE-3')).toBe('张伟');
  });
});
