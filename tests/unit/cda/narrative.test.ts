import { expect, test } from '@jest/globals';

import { narrative } from '../../../src/cda/narrative.ts';
import { parseXml } from '../../../src/cda/xml.ts';

const shown = (inner: string): string | undefined => {
  const text = parseXml(`<text>${inner}</text>`);
  const found = text.ok ? narrative(text.value) : 'not XML';
  return found?.replace('<div xmlns="http://www.w3.org/1999/xhtml">', '').replace(/<\/div>$/u, '');
};

test.each([
  ['plain &lt;text&gt;', 'plain &lt;text&gt;'],
  ['<paragraph>a<br/>b</paragraph>', '<p>a<br/>b</p>'],
  ['<content styleCode="Bold" ID="x">a</content>', '<span>a</span>'],
  ['<list><caption>c</caption><item>a</item><item>b</item></list>', '<p><b>c</b></p><ul><li>a</li><li>b</li></ul>'],
  ['<list listType="ordered"><item>a</item></list>', '<ol><li>a</li></ol>'],
  [
    '<table border="1"><tbody><tr><td colspan="2" onclick="x()">a</td></tr></tbody></table>',
    '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
  ],
  ['<linkHtml href="https://hospital.example/a">a</linkHtml>', '<a href="https://hospital.example/a">a</a>'],
  ['<linkHtml href="javascript:x()">a</linkHtml>', 'a'],
  ['<script>x</script>', 'x'],
])('%s is shown as %s', (given, expected) => {
  expect(shown(given)).toBe(expected);
});

test.each(['', '  ', '<paragraph> </paragraph>', '<renderMultiMedia referencedObject="x"/>'])(
  'a text that says nothing is none: "%s"',
  (given) => {
    expect(shown(given)).toBeUndefined();
  },
);
