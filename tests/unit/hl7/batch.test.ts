import { expect, test } from '@jest/globals';

import { splitBatch } from '../../../src/hl7/batch.ts';

const split = (text: string): string[] =>
  splitBatch(Buffer.from(text, 'utf8')).map((bytes) => Buffer.from(bytes).toString('utf8'));

const A = 'MSH|^~\\&|A\rPID|1\r';
const B = 'MSH|^~\\&|B\rPID|2';

test.each([
  ['one message', A, [A]],
  ['two messages without a batch', A + B, [A, B]],
  ['a batch in a file', `FHS|^~\\&\rBHS|^~\\&\r${A}${B}\rBTS|2\rFTS|1\r`, [A, `${B}\r`]],
  ['LF', 'BHS|x\nMSH|1\nPID|1\nMSH|2\nBTS|2\n', ['MSH|1\nPID|1\n', 'MSH|2\n']],
  ['CRLF', 'BHS|x\r\nMSH|1\r\nPID|1\r\nMSH|2\r\nBTS|2\r\n', ['MSH|1\r\nPID|1\r\n', 'MSH|2\r\n']],
  [
    'a byte order mark and frames',
    '\ufeff\x0bMSH|1\r\x1c\r\x0bMSH|2\r\x1c\r',
    ['\x0bMSH|1\r\x1c\r', '\x0bMSH|2\r\x1c\r'],
  ],
  ['text before the first message', 'junk\rMSH|1\rMSH|2\r', ['junk\rMSH|1\r', 'MSH|2\r']],
  ['text between batches', 'BHS|\rMSH|1\rBTS|1\rjunk\rBHS|\rMSH|2\r', ['MSH|1\r', 'junk\r', 'MSH|2\r']],
  ['no message at all', 'GET / HTTP/1.1\r\n\r\n', ['GET / HTTP/1.1\r\n\r\n']],
  ['MSH inside a word', 'MSH|1\rMSHX|2\rOBX|MSH|\r', ['MSH|1\rMSHX|2\rOBX|MSH|\r']],
  ['an empty batch', 'BHS|x\rBTS|0\r', []],
  ['nothing', '\r\n', []],
])('%s', (_name, text, messages) => {
  const strip = (list: readonly string[]): string[] => list.map((m) => m.replace('\ufeff', ''));
  expect(strip(split(text))).toEqual(messages);
});
