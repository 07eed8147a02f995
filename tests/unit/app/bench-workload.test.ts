import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { withControlId } from '../../../src/app/bench/workload.ts';
import { readHeader } from '../../../src/hl7/header.ts';
import { readMessage } from '../../../src/hl7/read-message.ts';

const header = (bytes: Uint8Array) => {
  const read = readMessage(bytes);
  if (!read.ok) throw new TypeError(read.error.message);
  return readHeader(read.value);
};

test('only MSH-10 gets the mark, whatever the separators', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9]{0,8}$/);
  fc.assert(
    fc.property(
      fc.constantFrom('|', '!', '#'),
      fc.array(word, { minLength: 5, maxLength: 5 }),
      word,
      (sep, before, id) => {
        const fields = ['MSH', '^~\\&', ...before, '', 'ADT^A08', id, 'P', '2.5.1'];
        const bytes = Buffer.from(`${fields.join(sep)}\rPID${sep}1\r`);
        const marked = withControlId(bytes, '-7');
        expect(header(marked)).toEqual({ ...header(bytes), controlId: `${id}-7` });
        expect(Buffer.from(marked).toString().split('\r').slice(1)).toEqual([`PID${sep}1`, '']);
      },
    ),
  );
});

test.each(['MSH|^~\\&|HIS\rPID|1||a|b|c|d|e|f|g|h\r', 'hello', ''])('without MSH-10 nothing is changed: %j', (text) => {
  const bytes = Buffer.from(text);
  expect(Buffer.from(withControlId(bytes, '-7')).toString()).toBe(text);
});
