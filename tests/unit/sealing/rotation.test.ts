import { describe, expect, test } from '@jest/globals';
import { textOf } from '../../../src/store/body.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import type { Put, Store } from '../../../src/store/port.ts';
import { sealStore } from '../../../src/store/sealing/index.ts';
import { reseal } from '../../../src/store/sealing/reseal.ts';
import { COLLECTION_NAMES } from '../../support/collection-names.ts';
import { testKeys } from '../../support/sealing-keys.ts';

const ROWS: readonly Put[] = [
  { collection: 'links', id: 'a', body: '{"v":1}', note: '{"n":1}', keys: ['tel:13900000001'] },
  { collection: 'messages', id: 'm', body: Buffer.from('MSH|^~\\&|'), fields: { channel: 'his' } },
  {
    collection: 'patients',
    id: 'p',
    body: { name: '测试', idNumber: { v: '990000199001011234' } },
    keys: ['idn:01|x'],
  },
];

async function resealAll(driver: Store, ...keys: number[]): Promise<number> {
  let rows = 0;
  for (const collection of COLLECTION_NAMES) {
    for await (const progress of reseal(driver, testKeys(...keys), collection)) rows += progress.resealed;
  }
  return rows;
}

describe('rotation of sealing keys', () => {
  async function filled(): Promise<Store> {
    const driver = openMemoryStore();
    await (await sealStore(driver, testKeys(1))).commit({ puts: ROWS });
    return driver;
  }

  test('rows of an older key are read, new rows are sealed with the current one', async () => {
    const driver = await filled();
    const store = await sealStore(driver, testKeys(1, 2));
    expect(await store.get('links', 'a')).toMatchObject({ body: '{"v":1}', note: '{"n":1}' });
    await store.commit({ puts: [{ collection: 'links', id: 'b', body: '{}' }] });
    expect((await driver.get('links', 'a'))?.body).toMatch(/^v1\.k1\./);
    expect((await driver.get('links', 'b'))?.body).toMatch(/^v1\.k2\./);
  });

  test('after sealing anew the old key is not needed, and searches find what they found before', async () => {
    const driver = await filled();
    expect(await resealAll(driver, 1, 2)).toBe(ROWS.length + 1);
    expect(await resealAll(driver, 1, 2)).toBe(0);
    const store = await sealStore(driver, testKeys(2));
    expect((await store.find('links', { all: ['tel:13900000001'] })).rows).toMatchObject([
      { id: 'a', rev: 2, body: '{"v":1}', note: '{"n":1}' },
    ]);
    expect((await store.find('patients', { all: ['idn:01|x'] })).rows).toMatchObject([
      { body: { name: '测试', idNumber: { v: '990000199001011234' } } },
    ]);
    const message = await store.get('messages', 'm');
    expect(message?.fields).toEqual({ channel: 'his' });
    expect(Buffer.from(message?.body as Uint8Array).toString()).toBe('MSH|^~\\&|');
  });

  test('a store is not opened, and no row read, without the key that sealed it', async () => {
    const driver = await filled();
    await expect(sealStore(driver, testKeys(2))).rejects.toThrow('store.sealing-key-missing');
    await expect(sealStore(driver, undefined)).rejects.toThrow('store.sealing-key-missing');
  });

  test('a store in use is not sealed afterwards; one without sealing stays as it is', async () => {
    const driver = openMemoryStore();
    expect(await sealStore(driver, undefined)).toBe(driver);
    await driver.commit({ puts: [{ collection: 'sources', id: 's', body: '{}' }] });
    await expect(sealStore(driver, testKeys(1))).rejects.toThrow('store.sealing-late');
  });

  test.each([
    ['a short secret', { current: 'k', keys: [{ id: 'k', secret: 'AAAA' }] }],
    ['a current key that is not listed', { ...testKeys(1), current: 'k9' }],
    ['an id with a dot', { current: 'k.1', keys: [{ id: 'k.1', secret: Buffer.alloc(32).toString('base64') }] }],
  ])('%s is refused at start', async (_name, keys) => {
    await expect(sealStore(openMemoryStore(), keys)).rejects.toThrow('store.sealing-key-invalid');
  });

  test('nodes that start at once on an empty store agree on one search secret', async () => {
    const driver = openMemoryStore();
    const [one, two] = await Promise.all([sealStore(driver, testKeys(1)), sealStore(driver, testKeys(1))]);
    await one.commit({ puts: [{ collection: 'links', id: 'a', body: '{}', keys: ['idn:01|x'] }] });
    expect(await two.count('links', { all: ['idn:01|x'] })).toBe(1);
  });

  test('a sealed body that was moved to another row, or damaged, is not opened', async () => {
    const driver = await filled();
    const body = textOf((await driver.get('links', 'a')) ?? { body: '' });
    // Not the last character: of the bits it carries, base64 does not read them all.
    const middle = Math.floor(body.length / 2);
    const damaged = `${body.slice(0, middle)}${body[middle] === 'A' ? 'B' : 'A'}${body.slice(middle + 1)}`;
    await driver.commit({
      puts: [
        { collection: 'links', id: 'b', body },
        { collection: 'aliases', id: 'a', body },
        { collection: 'links', id: 'a', body: damaged },
      ],
    });
    const store = await sealStore(driver, testKeys(1));
    for (const [collection, id] of [
      ['links', 'b'],
      ['aliases', 'a'],
      ['links', 'a'],
    ] as const) {
      await expect(store.get(collection, id)).rejects.toThrow('store.sealing-broken');
    }
  });
});
