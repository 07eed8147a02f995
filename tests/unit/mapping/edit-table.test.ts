import { expect, test } from '@jest/globals';

import { addCsvRow, addYamlRow } from '../../../src/mapping/read/edit-table.ts';
import { extendTable } from '../../../src/mapping/read/table.ts';

test('a row is added to a table of YAML, comments and order kept; a number stays a text', () => {
  const before = '# GB/T 2261.1\ntable: gender\ncodes:\n  M: male # letters of the old PACS\n';
  expect(addYamlRow(before, 'gender', { code: '1', target: 'male' })).toBe(
    '# GB/T 2261.1\ntable: gender\ncodes:\n  M: male # letters of the old PACS\n  "1": male\n',
  );
});

test('a table that a site has not yet adds to that of the base', () => {
  expect(addYamlRow(undefined, 'marital', { code: '10', target: 'S', display: 'Never Married' })).toBe(
    'table: marital\nextends: base/marital\ncodes:\n  "10":\n    code: S\n    display: Never Married\n',
  );
});

test.each([
  ['code,target,display\nK,1', 'code,target,display\nK,1\n"a,b",2,"say ""x"""\n'],
  ['# default: unmapped\ntarget,code\n', '# default: unmapped\ntarget,code\n2,"a,b"\n'],
])('a row is added to a table of CSV in the order of its header', (before, after) => {
  expect(addCsvRow(before, { code: 'a,b', target: '2', display: 'say "x"' })).toBe(after);
});

test('a table that adds to another one keeps what that one does with other codes', () => {
  const below = { name: 'x', default: 'keep', rows: new Map([['A', { code: 'B' }]]) };
  const own = { name: 'x', default: 'unmapped', rows: new Map([['C', { code: 'D' }]]) };
  expect(extendTable({ table: own, extends: true, hasDefault: false }, below)).toMatchObject({ default: 'keep' });
  expect(extendTable({ table: own, extends: true, hasDefault: true }, below)).toMatchObject({ default: 'unmapped' });
});
