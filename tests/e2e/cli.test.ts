import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { adminSocketPath, askEngine } from '../../src/app/admin-socket.ts';
import { runEngine } from '../../src/app/run-engine.ts';
import type { RunningEngine } from '../../src/app/running-engine.ts';
import { loadSite } from '../../src/app/site.ts';
import { openEngine } from '../../src/app/wire.ts';
import { splitBatch } from '../../src/hl7/batch.ts';
import { storeHistory } from '../../src/pipeline/load.ts';
import { adt, jingluo, jingluoJson, writeSite } from './cli-support.ts';

let folder: string;
let config: string;
let data: string;
const at = (name: string): string => path.join(folder, name);
const site = (): readonly string[] => ['--config', config, '--data', data];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-cli-'));
  data = at('data');
  config = await writeSite(folder);
  await writeFile(at('one.hl7'), adt('C1', 'K1'));
  await writeFile(at('two.hl7'), adt('C2', 'K2') + adt('C3', 'K3', { name: '测试乙' }));
  await writeFile(at('bad.hl7'), adt('C4', 'K4', { event: 'ADT^Z98^ADT_Z98' }));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('jingluo without an engine', () => {
  test('--help lists the commands and the exit codes', async () => {
    const { code, out } = await jingluo('--help');
    expect(code).toBe(0);
    expect(out).toContain('Exit codes');
    expect(
      out.match(/^ {2}(start|demo|check|send|map|explain|test|load|messages|replay|person|review|rebuild|bench)/gm),
    ).toHaveLength(14);
  });

  test.each([
    ['nonsense'],
    ['map'],
    ['start', '--prot', '1'],
    ['bench', '--messages', 'many'],
    ['bench', '--connections', '4,0'],
  ])('%s: a wrong command line ends with 2', async (...argv) => {
    expect((await jingluo(...argv)).code).toBe(2);
  });

  test.each([
    'start',
    'demo',
    'check',
    'send',
    'map',
    'explain',
    'test',
    'load',
    'messages',
    'replay',
    'rebuild',
    'bench',
  ])('%s --help has examples', async (command) => {
    const { code, out } = await jingluo(command, '--help');
    expect({ code, examples: out.includes('Examples:\n  $ jingluo') }).toEqual({ code: 0, examples: true });
  });

  test('check tells every fault with its place', async () => {
    await writeFile(
      at('wrong.yaml'),
      'sources: { HIS: {} }\nchannels: [{ name: a, type: mlpp, source: HIS }]\nhtpp: {}\n',
    );
    const { code, err } = await jingluo('check', '--config', at('wrong.yaml'));
    expect(code).toBe(2);
    expect(err).toMatch(/wrong\.yaml:2:29 .*did you mean "mllp"/);
    expect(err).toMatch(/wrong\.yaml:3:1 .*did you mean "http"/);
  });

  test('check says what a right configuration has', async () => {
    const [facts] = await jingluoJson('check', ...site());
    expect(facts).toMatchObject({
      store: 'sqlite',
      channels: ['his (mllp, HIS)'],
      sites: expect.arrayContaining(['demo']),
    });
  });

  test('map prints one bundle a message, or writes files of the same base name', async () => {
    const { code, out } = await jingluo('map', at('one.hl7'), ...site());
    expect({ code, type: (JSON.parse(out) as { resourceType: string }).resourceType }).toEqual({
      code: 0,
      type: 'Bundle',
    });
    await jingluo('map', folder, '--out', at('out'), ...site());
    expect((await readdir(at('out'))).toSorted()).toEqual(['one.json', 'two-1.json', 'two-2.json']);
    expect(await readFile(at('out/two-2.json'), 'utf8')).toContain('测试乙');
  });

  test('map ends with 1 where a message cannot be mapped, and says which', async () => {
    const { code, err } = await jingluo('map', at('bad.hl7'), ...site());
    expect(code).toBe(1);
    expect(err).toContain('bad.hl7: MSH-9: there is no mapping for ADT^Z98 [mapping.unknown-event]');
  });

  test('explain gives rule and address of each element, and of what no rule read', async () => {
    const { code, out } = await jingluo('explain', at('one.hl7'), ...site());
    expect(code).toBe(0);
    expect(out).toMatch(/Patient\/[0-9a-f-]+\.birthDate +PID-7/);
    expect(out).toMatch(/extension\('urn:jingluo:hl7v2:PID-32'\) +PID-32/);
  });

  test('a site that is not there is an error with the nearest name', async () => {
    const { code, err } = await jingluo('map', at('one.hl7'), '--site', 'dmeo', ...site());
    expect([code, err]).toEqual([1, expect.stringContaining('no site overlay "dmeo"')]);
    expect(err).toContain('"demo"');
  });

  test('a file that is not there is an error, not a crash', async () => {
    expect(await jingluo('map', at('nowhere.hl7'), ...site())).toMatchObject({ code: 1, out: '' });
  });

  test('load messages nobody, and a second load changes nothing', async () => {
    const first = await jingluo('load', at('two.hl7'), ...site());
    expect(first).toMatchObject({ code: 0, out: '2 messages: 2 loaded, 0 known already, 0 failed' });
    expect((await jingluo('load', at('two.hl7'), ...site())).out).toBe(
      '2 messages: 0 loaded, 2 known already, 0 failed',
    );
  });

  test('load goes on with what a killed load has stored but not processed', async () => {
    const opened = await openEngine(await loadSite({ config, data: at('killed') }));
    const channel = opened.engine.channel('his');
    if (channel === undefined) throw new TypeError('no channel');
    const [bytes = new Uint8Array()] = splitBatch(await readFile(at('one.hl7')));
    expect((await storeHistory(opened.engine.store, bytes, channel, new Date())).kind).toBe('stored');
    await opened.close();
    const { out } = await jingluo('load', at('one.hl7'), '--config', config, '--data', at('killed'));
    expect(out).toBe('1 messages: 1 loaded, 0 known already, 0 failed');
  });

  test('messages, person and export read the store', async () => {
    expect((await jingluoJson('messages', ...site())).map(({ control, state }) => [control, state])).toEqual([
      ['C3', 'done'],
      ['C2', 'done'],
    ]);
    const [document] = await jingluoJson('person', 'show', 'HOSP01|K2', ...site());
    expect(document).toMatchObject({ name: '测试甲', sex: 'male', birthDate: '1980-01-01' });
    const { out } = await jingluo('person', 'export', ...site());
    expect(out.split('\n').toSorted()).toEqual([
      expect.stringMatching(/^HOSP01,K2,[0-9a-f-]{36}$/),
      expect.stringMatching(/^HOSP01,K3,[0-9a-f-]{36}$/),
      'namespace,id,person',
    ]);
  });

  test('merge and split of persons, undone exactly', async () => {
    const before = await jingluo('person', 'export', ...site());
    await jingluo('person', 'merge', 'HOSP01|K2', 'HOSP01|K3', '--reason', 'test', ...site());
    const [merged] = await jingluoJson('person', 'explain', 'HOSP01|K2', ...site());
    expect(merged?.['members']).toHaveLength(2);
    await jingluo('person', 'split', 'HOSP01|K3', ...site());
    expect((await jingluo('person', 'export', ...site())).out).toBe(before.out);
  });

  test('rebuild mends a damaged patient document and finds nothing else to change', async () => {
    const opened = await openEngine(await loadSite({ config, data }));
    const { store } = opened.engine;
    const { rows } = await store.find('patients', {});
    const [document] = rows;
    if (document === undefined) throw new TypeError('no patient document');
    await store.commit({
      puts: [{ collection: 'patients', id: document.id, body: { name: 'damaged' }, bodyOnly: true }],
      expect: [{ collection: 'patients', id: document.id, rev: document.rev }],
    });
    await opened.close();
    for (const changed of [1, 0]) {
      const { out } = await jingluo('rebuild', ...site());
      expect(out).toBe(`2 persons and 0 resources looked at, ${changed} rows changed`);
    }
    for (const [id, name] of [
      ['HOSP01|K2', '测试甲'],
      ['HOSP01|K3', '测试乙'],
    ] as const) {
      expect((await jingluoJson('person', 'show', id, ...site()))[0]).toMatchObject({ name });
    }
  });

  test('a command waits a moment for another one to let go of the store', async () => {
    const opened = await openEngine(await loadSite({ config, data }));
    const shown = jingluoJson('person', 'show', 'HOSP01|K2', ...site());
    await sleep(300);
    await opened.close();
    expect((await shown)[0]).toMatchObject({ name: '测试甲' });
  });

  test('an unknown message or person is an error', async () => {
    expect((await jingluo('messages', 'show', 'x', ...site())).err).toContain('[pipeline.unknown-message]');
    expect((await jingluo('person', 'show', 'x', ...site())).err).toContain('[identity.unknown-record]');
  });
});

describe('jingluo beside a running engine', () => {
  let engine: RunningEngine;

  beforeAll(async () => {
    engine = await runEngine(await loadSite({ config, data }));
  });

  afterAll(async () => {
    await engine.stop(5_000);
  });

  test('send prints the acknowledgement', async () => {
    const { code, out } = await jingluo('send', at('one.hl7'), '--to', `127.0.0.1:${engine.portOf('his')}`);
    expect(code).toBe(0);
    expect(out).toContain('MSA|AA|C1');
    await engine.settle();
  });

  test('send ends with 1 where a message is refused', async () => {
    const { code, out } = await jingluo('send', at('bad.hl7'), '--to', `127.0.0.1:${engine.portOf('his')}`);
    expect(code).toBe(1);
    expect(out).toMatch(/MSA\|AE\|C4/);
  });

  test('nonsense at the socket of commands ends its own answer, not the engine', async () => {
    const ended = await new Promise<string>((resolve) => {
      const request = http.request({ socketPath: adminSocketPath(data), path: '/status', method: 'POST' }, () => {
        resolve('answered');
      });
      request.once('error', () => {
        resolve('closed');
      });
      request.end('{ nonsense');
    });
    expect(ended).toBe('closed');
    expect(await jingluoJson('status', ...site())).toMatchObject([{ running: true }]);
  });

  test('commands go through the engine', async () => {
    const [status] = await jingluoJson('status', ...site());
    expect(status).toMatchObject({ running: true, queues: { his: 0 } });
    expect((await jingluoJson('messages', '--state', 'failed', ...site())).map(({ control }) => control)).toEqual([
      'C4',
    ]);
  });

  test('messages show --raw prints the text, without --raw it does not', async () => {
    const [row] = await jingluoJson('messages', '--limit', '1', ...site());
    const id = String(row?.['id']);
    expect((await jingluo('messages', 'show', id, ...site())).out).not.toContain('测试甲');
    expect((await jingluo('messages', 'show', id, '--raw', ...site())).out).toContain('PID|1||K4');
  });

  test('replay changes nothing where the mapping is the same', async () => {
    const versions = async () => engine.engine.store.count('history', {});
    const before = await versions();
    const { code, out } = await jingluo('replay', '--channel', 'his', '--state', 'done', ...site());
    expect({ code, last: out.split('\n').at(-1) }).toEqual({ code: 0, last: '3 processed again' });
    expect(await versions()).toBe(before);
  });

  test('replay needs to be told what', async () => {
    expect((await jingluo('replay', ...site())).err).toContain('[operation.bad-parameter]');
  });

  test('reload uses changed mappings only if the whole site is right', async () => {
    const before = engine.engine.mappings();
    expect((await jingluo('reload', ...site())).out).toContain('"restartFor":[]');
    expect(engine.engine.mappings()).not.toBe(before);
    const good = await readFile(config, 'utf8');
    const used = engine.engine.mappings();
    await writeFile(config, `${good}\nnonsense: 1\n`);
    const asked = engine.engine.config.dataDir;
    expect(await askReload(asked)).toContain('config.unknown-setting');
    expect(engine.engine.mappings()).toBe(used);
    await writeFile(config, good);
  });
});

/** Asks the running engine itself: the command would already fail on the wrong file. */
async function askReload(dataDir: string): Promise<string> {
  try {
    for await (const line of askEngine(dataDir, 'reload', {})) expect(line).toBeUndefined();
    return '';
  } catch (error) {
    return JSON.stringify(error);
  }
}
