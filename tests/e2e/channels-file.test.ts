import { mkdtemp, mkdir, readdir, readFile, rm, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { problem } from '../../src/core/problem.ts';
import { acknowledge, adt, listenerDeps, Stage, until } from './channels-support.ts';

const stage = new Stage();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-file-'));
});
afterEach(async () => {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
});

const put = (name: string, content: Uint8Array | string): Promise<void> => writeFile(path.join(folder, name), content);
const list = async (name: string): Promise<string[]> => (await readdir(path.join(folder, name))).sort();
const fast = { pollMs: 10, settleMs: 30 };

async function read(name: string): Promise<unknown> {
  return JSON.parse(await readFile(path.join(folder, name), 'utf8'));
}

/** Waits until a folder holds so many entries. */
async function untilHolds(name: string, count: number): Promise<string[]> {
  let names: string[] = [];
  const stop = Date.now() + 5_000;
  while (Date.now() < stop) {
    names = await list(name).catch(() => []);
    if (names.length >= count) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return names;
}

describe('reader', () => {
  test('takes files by name, batches included, and moves them to done', async () => {
    await put('b.hl7', adt('3'));
    await put('a.hl7', Buffer.concat([Buffer.from('BHS|^~\\&\r'), adt('1'), adt('2'), Buffer.from('BTS|2\r')]));
    await put('.c.hl7', adt('hidden'));
    await put('d.txt', adt('other'));
    const { deps, received } = listenerDeps();
    await stage.listen(deps, { folder, extension: '.hl7', ...fast }, 'file');
    expect(await untilHolds('done', 2)).toEqual(['a.hl7', 'b.hl7']);
    expect(received).toEqual([adt('1'), adt('2'), adt('3')].map(String));
    expect(await readFile(path.join(folder, 'done', 'b.hl7'))).toEqual(adt('3'));
    expect(await list('.')).toEqual(['.c.hl7', 'd.txt', 'done', 'failed']);
  });

  test('a file with a refused message goes to failed with its problems beside', async () => {
    await put('a.hl7', Buffer.concat([adt('1'), Buffer.from('BTS|1\rjunk\r')]));
    const { deps, received } = listenerDeps();
    await stage.listen(deps, { folder, ...fast }, 'file');
    expect(await untilHolds('failed', 2)).toEqual(['a.hl7', 'a.hl7.problem.json']);
    expect(await read('failed/a.hl7.problem.json')).toMatchObject({
      messages: 2,
      problems: [{ messageNumber: 2, code: 'hl7.no-msh' }],
    });
    expect(received).toHaveLength(2);
  });

  test('waits while the store is not there, and goes on by itself', async () => {
    await put('a.hl7', adt('1'));
    await put('b.hl7', adt('2'));
    let tries = 0;
    const { deps, received } = listenerDeps((delivery) => {
      tries += 1;
      const down = { kind: 'unavailable', problem: problem('channel.stopping', 'down') } as const;
      return delivery.answer(tries < 4 ? down : acknowledge(delivery.message.bytes));
    });
    await stage.listen(deps, { folder, ...fast }, 'file');
    expect(await untilHolds('done', 2)).toEqual(['a.hl7', 'b.hl7']);
    expect(received).toEqual([...Array.from({ length: 4 }, () => adt('1')), adt('2')].map(String));
  });

  test('a file that is still being written waits, and those behind it', async () => {
    await put('a.hl7', adt('1'));
    await put('b.hl7', adt('3'));
    const { deps, received } = listenerDeps();
    await stage.listen(deps, { folder, pollMs: 10, settleMs: 150 }, 'file');
    for (let i = 0; i < 10; i += 1) {
      await appendFile(path.join(folder, 'a.hl7'), adt(`x${i}`));
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    expect(received).toEqual([]);
    await untilHolds('done', 2);
    expect(received).toHaveLength(12);
    expect(received.at(-1)).toBe(adt('3').toString());
  });

  test('a name that is taken in done gets a number', async () => {
    await mkdir(path.join(folder, 'done'), { recursive: true });
    await writeFile(path.join(folder, 'done', 'a.hl7'), 'old');
    await put('a.hl7', adt('1'));
    const { deps } = listenerDeps();
    await stage.listen(deps, { folder, ...fast }, 'file');
    expect(await untilHolds('done', 2)).toEqual(['a.2.hl7', 'a.hl7']);
    expect(await readFile(path.join(folder, 'done', 'a.hl7'), 'utf8')).toBe('old');
  });

  test('what is too large is not read', async () => {
    await put('a.hl7', adt('1', 'x'.repeat(500)));
    await put('b.hl7', Buffer.concat([adt('2'), adt('3', 'x'.repeat(200))]));
    const { deps, received } = listenerDeps();
    await stage.listen(deps, { folder, maxFileBytes: 500, maxMessageBytes: 200, ...fast }, 'file');
    await untilHolds('failed', 4);
    expect(received).toEqual([adt('2').toString()]);
    expect(await read('failed/a.hl7.problem.json')).toMatchObject({
      problems: [{ code: 'channel.message-too-large' }],
    });
    expect(await read('failed/b.hl7.problem.json')).toMatchObject({ problems: [{ messageNumber: 2 }] });
  });

  test('a stop in the middle leaves the file, which the next start takes again', async () => {
    await put('a.hl7', adt('1'));
    const first = listenerDeps(() => Promise.resolve());
    const { listener } = await stage.listen(first.deps, { folder, ...fast }, 'file');
    await until(() => first.received.length === 1);
    await listener.stop(50);
    expect(await list('.')).toContain('a.hl7');
    const second = listenerDeps();
    await stage.listen(second.deps, { folder, ...fast }, 'file');
    expect(await untilHolds('done', 1)).toEqual(['a.hl7']);
    expect(second.received).toEqual([adt('1').toString()]);
  });

  test('a folder that cannot be made is told at the start', async () => {
    await put('plain', 'x');
    const { deps } = listenerDeps();
    const start = stage.listen(deps, { folder: path.join(folder, 'plain') }, 'file');
    await expect(start).rejects.toThrow('channel.folder-unusable');
  });
});

describe('destination', () => {
  test('writes each message whole, in order of the names', async () => {
    const target = path.join(folder, 'out');
    const destination = stage.destination({ folder: target }, 'file');
    const sent = await Promise.all(['1', '2', '3'].map((id) => destination.send(adt(id), 'application/hl7-v2')));
    expect(sent.map((outcome) => outcome.kind)).toEqual(['accepted', 'accepted', 'accepted']);
    const names = await list('out');
    const contents = await Promise.all(names.map((name) => readFile(path.join(target, name), 'utf8')));
    expect(contents).toEqual(['1', '2', '3'].map((id) => adt(id).toString()));
    expect(names.every((name) => name.endsWith('.hl7'))).toBe(true);
  });

  test('says when it cannot write', async () => {
    await put('plain', 'x');
    const outcome = await stage.destination({ folder: path.join(folder, 'plain') }, 'file').send(adt('1'), '');
    expect(outcome).toMatchObject({ kind: 'unavailable', problem: { code: 'channel.folder-unusable' } });
  });
});
