import { describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';

import { decodeBytes } from '../../../src/hl7/charset.ts';
import { encodeText } from '../../../src/hl7/encode.ts';
import { readMessage } from '../../../src/hl7/read-message.ts';

const text = (charset: string, name = '张伟'): string =>
  `MSH|^~\\&|HIS|H1|JL|H1|20261121073000||ADT^A01|M1|P|2.5|||AL|NE|CHN|${charset}\rPID|1||P1||${name}\r`;

interface Given {
  readonly declared: string;
  readonly sent: string;
  readonly preset?: string;
}

function decode(bytes: Uint8Array, channelDefault?: string): unknown {
  const result = decodeBytes(bytes, channelDefault === undefined ? {} : { channelDefault });
  if (!result.ok) return result.error.code;
  const name = /PID\|1\|\|P1\|\|([^\r]*)/.exec(result.value.text)?.[1];
  return [result.value.charset, name, result.value.warnings.map((w) => w.code)];
}

describe('MSH-18', () => {
  test.each([
    ['UNICODE UTF-8', 'utf-8', '张伟'],
    ['UTF8', 'utf-8', '张伟'],
    ['utf-8', 'utf-8', '张伟'],
    ['UNICODE', 'utf-8', '张伟'],
    ['UNICODE UTF-8~GB 18030-2000', 'utf-8', '张伟'],
    ['GB 18030-2000', 'gb18030', '王𬭎'],
    ['GB 18030-2022', 'gb18030', '王𬭎'],
    ['GB18030', 'gb18030', '买买提·艾力'],
    ['GBK', 'gbk', '张镕'],
    ['gb2312', 'gbk', '张伟'],
    ['BIG-5', 'big5', '張偉'],
    ['KS X 1001', 'euc-kr', '김철수'],
    ['ISO IR14', 'shift_jis', 'ﾔﾏﾀﾞ'],
    ['8859/1', 'iso-8859-1', 'Müller'],
    ['ISO-8859-1', 'iso-8859-1', 'Müller'],
    ['8859/2', 'iso-8859-2', 'Łukasz'],
    ['8859/5', 'iso-8859-5', 'Иванов'],
    ['8859/7', 'iso-8859-7', 'Γιώργος'],
    ['8859/9', 'iso-8859-9', 'Şahin'],
    ['8859/15', 'iso-8859-15', 'Œuvre €'],
    ['ASCII', 'us-ascii', 'Smith'],
    ['', 'utf-8', 'Smith'],
  ])('%j is %s', (name, charset, patient) => {
    expect(decode(encodeText(text(name, patient), charset).bytes)).toEqual([charset, patient, []]);
  });

  test.each(['ISO IR87', 'ISO IR159', 'CNS 11643-1992', 'UNICODE UTF-32', 'JAS2020'])(
    '%s is refused by name',
    (name) => {
      expect(decodeBytes(Buffer.from(text(name)))).toMatchObject({
        ok: false,
        error: { code: 'hl7.charset-unsupported', message: expect.stringContaining(name), at: { path: 'MSH-18' } },
      });
    },
  );

  test.each<[string, Given, string, string[]]>([
    ['UTF-8 declared, GBK sent', { declared: 'UNICODE UTF-8', sent: 'gbk' }, 'gb18030', ['hl7.charset-wrong']],
    ['ASCII declared, UTF-8 sent', { declared: 'ASCII', sent: 'utf-8' }, 'utf-8', ['hl7.charset-wrong']],
    ['no name, GBK sent', { declared: '', sent: 'gbk' }, 'gb18030', ['hl7.charset-absent']],
    ['no name, UTF-8 sent', { declared: '', sent: 'utf-8' }, 'utf-8', ['hl7.charset-absent']],
    ['no name, channel default', { declared: '', sent: 'gbk', preset: 'GBK' }, 'gbk', []],
    ['null as name, channel default', { declared: '""', sent: 'gbk', preset: 'GBK' }, 'gbk', []],
    ['a name that is none', { declared: 'KLINGON', sent: 'utf-8' }, 'utf-8', ['hl7.charset-unknown']],
  ])('%s', (_name, given, used, warnings) => {
    const bytes = iconv.encode(text(given.declared), given.sent);
    expect(decode(bytes, given.preset)).toEqual([used, '张伟', warnings]);
  });

  test('a few bytes of UTF-8 that are declared as GBK are read as declared, with a doubt', () => {
    const result = decodeBytes(Buffer.from(text('GBK', '张伟')));
    expect(result.ok && [result.value.charset, result.value.warnings.map((w) => w.code)]).toEqual([
      'gbk',
      ['hl7.charset-doubtful'],
    ]);
  });

  test.each([
    ['GB 18030-2000', '买买提·艾力', undefined],
    ['GBK', '欧阳静 王芳', undefined],
    ['8859/1', '张伟', undefined],
    ['8859/1', 'Müller', undefined],
    ['', '买买提·艾力', 'GB18030'],
  ])('UTF-8 that is declared as %j is UTF-8 all the same', (declared, name, preset) => {
    expect(decode(Buffer.from(text(declared, name)), preset)).toEqual(['utf-8', name, ['hl7.charset-wrong']]);
  });

  test('bytes that fit nowhere are refused, and the next message is decoded afresh', () => {
    const bytes = Buffer.concat([Buffer.from(text('UNICODE UTF-8')), Buffer.of(0xff, 0xff, 0x81)]);
    expect(decode(bytes)).toBe('hl7.charset-invalid');
    expect(decode(Buffer.from(text('UNICODE UTF-8')))).toEqual(['utf-8', '张伟', []]);
    expect(decode(iconv.encode(text('GBK'), 'gbk'))).toEqual(['gbk', '张伟', []]);
  });

  test('is found behind a GBK character whose second byte is the field separator', () => {
    const bytes = iconv.encode(text('GBK').replace('HIS', '膢院'), 'gbk');
    const result = readMessage(bytes);
    expect(result).toMatchObject({ ok: true, value: { charset: 'gbk' } });
    expect(result.ok && result.value.first('MSH')?.value(3)).toBe('膢院');
    expect(result.ok && result.value.first('PID')?.value(5)).toBe('张伟');
  });

  test.each(['utf-16le', 'utf-16be'])('%s is seen without being declared in ASCII', (charset) => {
    expect(decode(iconv.encode(text('UNICODE UTF-16'), charset, { addBOM: true }))).toEqual([charset, '张伟', []]);
    expect(decode(iconv.encode(text('UNICODE UTF-16'), charset))).toEqual([charset, '张伟', []]);
  });

  test('a byte order mark is taken off', () => {
    const result = decodeBytes(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(text('UNICODE UTF-8'))]));
    expect(result.ok && result.value.text.startsWith('MSH')).toBe(true);
  });
});

describe('encoding', () => {
  test.each([
    ['gbk', 'a𠮷b', 'a?b'],
    ['iso-8859-1', '张x', '?x'],
    ['us-ascii', 'é', '?'],
    ['big5', '𬭎', '?'],
  ])('%s reports what it cannot write', (charset, input, output) => {
    const { bytes, problem } = encodeText(input, charset);
    expect(iconv.decode(Buffer.from(bytes), charset)).toBe(output);
    expect(problem?.code).toBe('hl7.charset-unencodable');
  });
});
