import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { documentOf, fixture, read, resources } from './reading.ts';

const section = '<section><title>甲</title><text>乙</text></section>';

test.each<readonly [what: string, bytes: Uint8Array, code: string]>([
  ['nothing', Buffer.from(''), 'cda.not-xml'],
  ['no XML', Buffer.from('MSH|^~\\&|'), 'cda.not-xml'],
  ['an element that does not end', Buffer.from('<ClinicalDocument><id>'), 'cda.not-xml'],
  [
    'a document type with an entity of its own',
    Buffer.from('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ClinicalDocument>&b;</ClinicalDocument>'),
    'cda.not-xml',
  ],
  ['an entity of HTML', documentOf('<section><text>&nbsp;</text></section>'), 'cda.not-xml'],
  ['elements without end', Buffer.from('<a>'.repeat(300) + '</a>'.repeat(300)), 'cda.not-xml'],
  ['another root', Buffer.from('<Bundle/>'), 'cda.not-a-document'],
  ['a patient without a number', documentOf(section, '<id root="1.2.3.4.5.6" extension="D1"/>'), 'cda.no-number'],
  [
    'a document without a number',
    documentOf(
      section,
      '<recordTarget><patientRole><id root="1.2.3.4.5.7" extension="P1"/></patientRole></recordTarget>',
    ),
    'cda.no-number',
  ],
  ['bytes of no character set', Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xff]), 'cda.charset'],
])('%s is refused', (_what, bytes, code) => {
  expect(read(bytes)).toEqual({ ok: false, error: code });
});

/** `张` and `试验` in GB 18030. */
const GB = { 张: [0xd5, 0xc5], 试: [0xca, 0xd4] };
const gb = (encoding: string): Uint8Array => {
  const [before = '', after = ''] = `<?xml version="1.0" encoding="${encoding}"?>${Buffer.from(
    documentOf('<section><text>@</text></section>'),
  ).toString()}`.split('@');
  return Buffer.concat([Buffer.from(before), Buffer.from([...GB['张'], ...GB['试']]), Buffer.from(after)]);
};

test.each(['GB2312', 'gbk', 'GB18030', 'UTF-8'])('a document in GB 18030 under the name of %s is read', (encoding) => {
  const found = read(gb(encoding));
  const composition = found.ok ? resources(found.value).find(({ resourceType }) => resourceType === 'Composition') : {};
  expect(JSON.stringify(composition)).toContain('张试');
});

test('a document in UTF-16 is read', () => {
  const text = `\ufeff${Buffer.from(fixture('admission.xml')).toString().replace('UTF-8', 'UTF-16')}`;
  expect(read(Buffer.from(text, 'utf16le')).ok).toBe(true);
});

test('whatever stands in a document, reading it ends with a value', () => {
  const text = Buffer.from(fixture('admission.xml')).toString();
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(200), fc.string({ maxLength: 20 }), (at, length, put) => {
      const found = read(Buffer.from(text.slice(0, at) + put + text.slice(at + length)));
      expect(typeof found.ok).toBe('boolean');
    }),
    { numRuns: 200 },
  );
});
