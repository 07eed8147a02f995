import { expect, test } from '@jest/globals';

import { explainPage } from '../../../src/app/explain-html.ts';
import { loaded } from '../mapping/mapping-files.ts';

const options = { mappings: loaded(), source: 'HIS', ids: {}, zone: '+08:00' };

const page = (...segments: readonly string[]): string => {
  const bytes = Buffer.from(['MSH|^~\\&|HIS|H|J|J|20261121||ADT^A01|1|P|2.5', ...segments].join('\r'));
  return explainPage([{ file: 'a.hl7', index: 1, count: 1, bytes, receivedAt: new Date(0) }], options);
};

test('the page shows each field with what became of it, and each element with the field it came from', () => {
  const html = page('PID|1||P990001^^^H^MR||Test^A||19800101|Q', 'ZZ9|lost');
  expect(html).toContain('<span class="read" data-field="PID-5" title="PID-5">Test^A</span>');
  expect(html).toContain('<span class="lost" data-field="PID-8" title="PID-8: PID-8 table-lacks-code">Q</span>');
  expect(html).toContain('data-field="ZZ9-1"');
  expect(html).toMatch(/<tr data-from="PID-5"><td>Patient\.name\[0\]\.family<\/td><td>PID-5\.1<\/td>/u);
});

test('what a message says is text on the page, whatever it is', () => {
  const html = page('PID|1||P990001^^^H^MR||<script>alert(1)</script>');
  expect(html).not.toContain('<script>alert');
});
