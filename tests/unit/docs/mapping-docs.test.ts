import { expect, test } from '@jest/globals';
import { Ajv, type AnySchema } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

import { mappingDocs } from '../../../src/app/docs/mapping-docs.ts';
import { HOME } from '../../../src/app/home.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';

const pages = await mappingDocs();

test.each([...pages])('%s says what the mappings say (npm run docs)', (file, text) => {
  expect(readFileSync(path.join(HOME, file), 'utf8')).toBe(text);
});

test('there is no page of a message that has no mapping', () => {
  const kept = readdirSync(path.join(HOME, 'docs', 'mapping')).map((file) => `docs/mapping/${file}`);
  expect(kept.filter((file) => !pages.has(file))).toEqual([]);
});

test('every mapping, part and table is right by the schema that editors use', () => {
  const schema: unknown = JSON.parse(pages.get('mappings/mapping.schema.json') ?? '{}');
  const validate = new Ajv({ strict: false }).compile(schema as AnySchema);
  const wrong = mappingFiles()
    .filter(({ path: file }) => /^(?:base|tables|sites)\/.*\.yaml$/u.test(file) && !file.includes('.test.'))
    .filter(({ path: file }) => !file.includes('/outbound/'))
    .filter(({ text }) => !validate(parse(text)));
  expect(wrong.map(({ path: file }) => file)).toEqual([]);
});

test('the schema sees a wrong key', () => {
  const schema: unknown = JSON.parse(pages.get('mappings/mapping.schema.json') ?? '{}');
  const validate = new Ajv({ strict: false }).compile(schema as AnySchema);
  expect(validate({ map: 'ADT_A01', resource: {} })).toBe(false);
  expect(validate({ table: 'gender', code: {} })).toBe(false);
});
