import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { HOME } from '../../src/app/home.ts';
import { jingluo, jingluoJson } from './cli-support.ts';

let folder = '';
let site: readonly string[] = [];

const result = (control: string, code: string): string =>
  [
    `MSH|^~\\&|LIS|H|J|J|20261121080000||ORU^R01^ORU_R01|${control}|P|2.5.1`,
    'PID|1||P990001^^^HOSP01^MR||Test^A||19800101|M',
    `OBR|1||F-${control}|PANEL^Panel^L`,
    `OBX|1|NM|${code}^some test^L||5.1|mmol/L^^UCUM|||||F`,
  ].join('\r');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-codes-'));
  await cp(path.join(HOME, 'mappings'), path.join(folder, 'mappings'), { recursive: true });
  const config = path.join(folder, 'jingluo.yaml');
  const channels = [{ name: 'lis', type: 'mllp', port: 0, source: 'LIS', site: 'demo' }];
  const folders = { mappings: path.join(folder, 'mappings') };
  await writeFile(config, JSON.stringify({ sources: { LIS: {} }, channels, folders, http: { port: 0, auth: 'none' } }));
  site = ['--config', config, '--data', path.join(folder, 'data')];
  const file = path.join(folder, 'results.hl7');
  await writeFile(file, [result('1', 'T-99'), result('2', 'T-99'), result('3', 'T-98'), result('4', 'K')].join('\r\n'));
  await jingluo('load', file, '--channel', 'lis', ...site);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const list = (...more: readonly string[]) => jingluoJson('codes', 'list', ...more, ...site);

test('a code that its table lacks is listed once, added with one command, and its messages are processed again', async () => {
  expect(await list()).toMatchObject([
    { source: 'LIS', table: 'local-to-loinc', code: 'T-99', messages: 2 },
    { source: 'LIS', table: 'local-to-loinc', code: 'T-98', messages: 1 },
  ]);
  expect(await jingluo('codes', 'add', 'LIS', 'local-to-loinc', 'T-99', '2345-7', ...site)).toMatchObject({ code: 0 });
  expect(await list('--all')).toMatchObject([
    { code: 'T-98', messages: 1 },
    { code: 'T-99', messages: 0 },
  ]);
});

test('a table that there is not, and a target that the site cannot have, change no file', async () => {
  const table = path.join(folder, 'mappings', 'sites', 'demo', 'tables', 'local-to-loinc.csv');
  const before = await readFile(table, 'utf8');
  expect((await jingluo('codes', 'add', 'LIS', 'no-such-table', 'A', 'B', ...site)).code).not.toBe(0);
  expect((await jingluo('codes', 'add', 'LIS', 'gender', 'Q', 'purple', ...site)).code).not.toBe(0);
  expect(await readFile(table, 'utf8')).toBe(before);
  await expect(readFile(path.join(path.dirname(table), 'gender.yaml'), 'utf8')).rejects.toThrow('ENOENT');
});
