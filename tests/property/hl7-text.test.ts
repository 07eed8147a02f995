import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { decodeBytes } from '../../src/hl7/charset.ts';
import { encodeText } from '../../src/hl7/encode.ts';
import type { Separators } from '../../src/hl7/message.ts';
import { parseMessage } from '../../src/hl7/parse.ts';
import { readMessage } from '../../src/hl7/read-message.ts';
import { STANDARD_SEPARATORS } from '../../src/hl7/separators.ts';
import { writeMessage } from '../../src/hl7/write-message.ts';

const separators = fc.constantFrom<Separators>(
  STANDARD_SEPARATORS,
  { ...STANDARD_SEPARATORS, truncation: '#' },
  { field: '#', component: '*', repetition: '%', escape: '!', subcomponent: '@' },
);
/** Texts as people write them, with every delimiter; line ends are normalised to LF by `\.br\`. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('|', '^', '~', '\\', '&', '#', '*', '!', '%', '@', '\n', 'F', '.br', '张', '𬭎', '·'),
      fc.string({ unit: 'grapheme' }),
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join('').replace(/[\r\v\x1c]/g, ' '));
const charset = fc.constantFrom(['utf-8', 'UNICODE UTF-8'], ['gb18030', 'GB 18030-2000']);

test('what is written is read again, in every charset and with every delimiters', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 4 }),
      separators,
      charset,
      (values, seps, [label = '', name = '']) => {
        const written = writeMessage(
          [
            { name: 'MSH', fields: { 3: 'T', 18: name } },
            { name: 'ZZZ', fields: { 1: { repeat: values.map((v) => ['x', ['y', v]]) } } },
          ],
          seps,
        );
        const read = readMessage(encodeText(written, label).bytes);
        expect(read.ok && read.value.charset).toBe(label);
        const zzz = read.ok ? read.value.first('ZZZ') : undefined;
        expect(values.map((_, i) => zzz?.value(1, i + 1, 2, 2))).toEqual(values);
      },
    ),
  );
});

test('any text parses or is refused, and a parsed one is kept exactly', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (tail) => {
      const whole = `MSH|^~\\&|${tail}`;
      const parsed = parseMessage(whole, { charset: 'utf-8' });
      expect(parsed.ok && parsed.value.text).toBe(whole);
      const first = parsed.ok ? parsed.value.segments : [];
      for (const segment of first) {
        expect(whole).toContain(segment.text);
        for (let n = 1; n <= segment.fieldCount; n += 1) segment.value(n);
      }
      expect(() => parseMessage(tail, { charset: 'utf-8' })).not.toThrow();
    }),
  );
});

test('any bytes decode or are refused, never by an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (tail) => {
      for (const name of ['', 'GBK', 'UNICODE UTF-8', 'BIG-5', 'ISO 2022-JP']) {
        const bytes = Buffer.concat([Buffer.from(`MSH|^~\\&|||||||||||||||${name}\r`), tail]);
        const result = decodeBytes(bytes);
        expect(result.ok || result.error.code.startsWith('hl7.charset-')).toBe(true);
      }
    }),
  );
});
