import { describe, expect, test } from '@jest/globals';
import { readAnyYaml } from '../../../src/mapping/read/yaml.ts';
import { readPlainYaml } from '../../../src/mapping/read/yaml-events.ts';
import { mappingFiles } from './mapping-files.ts';

const files = mappingFiles().filter(({ path }) => /\.ya?ml$/u.test(path) && !path.endsWith('.test.yaml'));

describe('the fast reader of YAML', () => {
  test('gives the same nodes at the same places as the thorough one, of every mapping file', () => {
    for (const { path, text } of files) {
      expect({ path, ok: true, value: readPlainYaml(path, text) }).toEqual({ path, ...readAnyYaml(path, text) });
    }
  });

  test.each([
    ['digits', 'a: 007\nb: 110101199003071234\nc: 1.0\n'],
    ['null and truth', 'b: ~\nc: null\nd: true\ne: "true"\n'],
    ['quotes', `a: 'it''s'\nb: "two\\nlines"\n`],
    ['flow', 'a: { b: [c, "d"], e: f }\n'],
    ['comments', '# first\na: b # last\n\n# end\n'],
    ['Chinese keys and CRLF', '性别: 男\r\nb:\r\n  - 女\r\n'],
    ['text over two lines', 'a: one\n  two\nb: three\n'],
  ])('reads alike: %s', (_, text) => {
    expect({ ok: true, value: readPlainYaml('x.yaml', text) }).toEqual(readAnyYaml('x.yaml', text));
  });

  test.each([
    ['a key twice', 'a: 1\na: 2\n'],
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a merge', 'a: &x { c: 1 }\nb: { <<: *x }\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a text block', 'a: |\n  one\n  two\n'],
    ['a value that is missing', 'a:\nb: 1\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['an open bracket', 'a: [1, 2\n'],
    ['nothing', ''],
    ['a map as key', '? { a: 1 }\n: 2\n'],
  ])('leaves to the thorough one: %s', (_, text) => {
    expect(readPlainYaml('x.yaml', text)).toBeUndefined();
  });
});
