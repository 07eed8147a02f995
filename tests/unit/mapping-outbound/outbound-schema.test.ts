import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { Ajv, type AnySchema } from 'ajv';
import { parse } from 'yaml';
import { isOutbound } from '../../../src/mapping/outbound/paths.ts';
import { mappingFiles } from '../mapping/mapping-files.ts';

const file = path.join(import.meta.dirname, '../../../mappings/outbound.schema.json');
const schema: unknown = JSON.parse(readFileSync(file, 'utf8'));
const validate = new Ajv({ strict: false }).compile(schema as AnySchema);

test('every outbound mapping and part is right by the schema that editors use', () => {
  const wrong = mappingFiles()
    .filter((one) => isOutbound(one.path) && one.path.endsWith('.yaml') && !one.path.includes('.test.'))
    .filter(({ text }) => !validate(parse(text)));
  expect(wrong.map((one) => one.path)).toEqual([]);
});

test('the schema sees a wrong key, inside a group too', () => {
  expect(validate({ send: 'ADT_A08', rite: {} })).toBe(false);
  expect(validate({ send: 'ADT_A08', write: { PID: { sett: {} } } })).toBe(false);
  expect(validate({ send: 'ADT_A08', write: { INSURANCE: { write: { IN1: { each: 3 } } } } })).toBe(false);
});
