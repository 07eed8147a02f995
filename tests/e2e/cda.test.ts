import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { HOME } from '../../src/app/home.ts';
import { runEngine } from '../../src/app/run-engine.ts';
import type { RunningEngine } from '../../src/app/running-engine.ts';
import { loadSite } from '../../src/app/site.ts';
import { readJournal, type JournalEntry } from '../../src/pipeline/journal.ts';
import { until } from './channels-support.ts';

// Clinical documents that are posted: kept before they are answered, in the record like any other news.

const FIXTURES = path.join(HOME, 'tests', 'unit', 'cda');

let folder: string;
let running: RunningEngine;
let admission: Buffer;

const inbox = (): string => path.join(folder, 'inbox');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-cda-'));
  admission = await readFile(path.join(FIXTURES, 'admission.xml'));
  await mkdir(inbox());
  const config = path.join(folder, 'jingluo.yaml');
  await writeFile(
    config,
    [
      'timezone: Asia/Shanghai',
      'sources: { EMR: { ids: { MR: HOSP01, VN: HOSP01 } } }',
      'channels:',
      '  - { name: emr, type: http, source: EMR, port: 0 }',
      `  - { name: folder, type: file, source: EMR, folder: "${inbox()}", extension: .xml, pollMs: 50, settleMs: 50 }`,
      'http: { port: 0, auth: none }',
    ].join('\n'),
  );
  running = await runEngine(await loadSite({ config, data: path.join(folder, 'data') }));
}, 60_000);
afterAll(async () => {
  await running.stop(1_000);
  await rm(folder, { recursive: true, force: true });
});

/** Status and text of the answer to a document. */
async function post(body: Buffer | string, type = 'text/xml; charset=utf-8'): Promise<string> {
  const url = `http://127.0.0.1:${running.portOf('emr')}/`;
  const response = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'content-type': type },
  });
  await running.settle();
  return `${response.status} ${await response.text()}`.trim();
}

async function journal(): Promise<readonly JournalEntry[]> {
  const { rows } = await running.engine.store.find('journal', { limit: 100 });
  return rows.map((row) => readJournal(row).entry);
}

test('a document is kept, answered and in the record; sent again it changes nothing', async () => {
  expect(await post(admission)).toBe('204');
  const fhir = async (where: string): Promise<unknown> => (await fetch(`${running.httpUrl}/fhir/${where}`)).json();
  expect(await fhir('Condition?code=I20.000')).toMatchObject({ total: 1 });
  expect(await fhir('Composition?type=C0034')).toMatchObject({
    entry: [{ resource: { title: '入院记录', meta: { versionId: '1' } } }],
  });
  expect(await fhir('Patient?identifier=P990001')).toMatchObject({ total: 1 });
  expect(await post(admission, 'application/hl7-cda+xml')).toBe('204');
  expect(await fhir('DocumentReference')).toMatchObject({ entry: [{ resource: { meta: { versionId: '1' } } }] });
  expect(await journal()).toMatchObject([{ state: 'done', contentType: 'application/hl7-cda+xml' }]);
});

test.each([
  ['what is no XML', 'MSH|^~\\&|EMR', 'cda.not-xml'],
  ['another document', '<Bundle xmlns="http://hl7.org/fhir"/>', 'cda.not-a-document'],
])('%s is kept and refused', async (_what, body, code) => {
  const answer = await post(body);
  expect(answer).toMatch(/^422 /u);
  expect(answer).toContain(code);
  const failed = (await journal()).filter(({ state }) => state === 'failed');
  expect(failed.map(({ problems }) => problems[0]?.code)).toContain(code);
});

test('a document in a folder is taken whole', async () => {
  await writeFile(path.join(inbox(), 'discharge.xml'), await readFile(path.join(FIXTURES, 'discharge.xml')));
  await until(() => existsSync(path.join(inbox(), 'done', 'discharge.xml')));
  await running.settle();
  const entry = (await journal()).find(({ channel }) => channel === 'folder');
  expect(entry).toMatchObject({ state: 'done', contentType: 'application/hl7-cda+xml' });
});
