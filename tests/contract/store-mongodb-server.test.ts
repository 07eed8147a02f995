import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Db } from 'mongodb';
import { MongoClient } from 'mongodb';
import { COLLECTIONS } from '../../src/store/collections.ts';
import type { Store } from '../../src/store/port.ts';
import { StoreUnavailable } from '../../src/store/unavailable.ts';
import { mongoServer } from '../support/mongo-server.ts';
import type { MongoDatabase } from '../support/mongo-store.ts';
import { openDatabase, openMongoStore } from '../support/mongo-store.ts';
import type { TcpGate } from '../support/tcp-gate.ts';
import { tcpGate } from '../support/tcp-gate.ts';

const server = await mongoServer();
const suite = 'url' in server ? describe : describe.skip;
const url = 'url' in server ? server.url : '';

suite('mongodb: what a database looks like from outside', () => {
  let opened: MongoDatabase;
  let client: MongoClient;
  let db: Db;
  beforeAll(async () => {
    opened = await openMongoStore(url);
    client = new MongoClient(url);
    db = client.db(opened.database);
  });
  afterAll(async () => {
    await client.close();
    await opened.close();
  });

  test('a patient document is a native document that a CRM can query', async () => {
    const body = {
      _id: 's-1',
      name: '测试',
      concepts: [{ id: 't2dm', state: 'active' }],
      idNumber: { $s: 'v1.k.x', h: 'hm:1', type: '01' },
      from: { 'phones.0': { rec: 's-1' } },
      changedAt: new Date(1_700_000_000_000),
    };
    const put = { collection: 'patients', id: 's-1', body, keys: ['k'], fields: { changedAt: new Date(5) } } as const;
    await opened.store.commit({ puts: [put] });
    await opened.store.commit({ puts: [put], expect: [{ collection: 'patients', id: 's-1', rev: 1 }] });
    const query = { 'idNumber.h': 'hm:1', concepts: { $elemMatch: { id: 't2dm', state: 'active' } } };
    const { _j, ...found } = (await db.collection<{ _j: unknown }>('patients').findOne(query)) ?? { _j: undefined };
    expect(found).toEqual(body);
    expect(_j).toMatchObject({ r: 2, k: ['k'] });
    expect(await opened.store.get('patients', 's-1')).toMatchObject({ rev: 2, body });
  });

  test('every collection has its indexes, the patient document those of its published list', async () => {
    const keys = await Promise.all(
      Object.keys(COLLECTIONS).map(async (name) => {
        const indexes = await db.collection(name).indexes();
        return indexes.map(({ key }) => `${name} ${Object.keys(key as object).join(',')}`);
      }),
    );
    expect(keys.flat()).toEqual(
      expect.arrayContaining([
        'journal f.channel,f.state,f.seq,_id',
        'history f.of,f.version,_id',
        'resources k,_id',
        'resources o,_id',
        'patients _j.k,_id',
        'patients concepts.id,birthDate,visits.last',
        'patients owners.team,followUp.nextDue',
        'patients changedAt,_id',
      ]),
    );
  });

  test('a body that no document can hold is refused by name', async () => {
    const put = { collection: 'messages', id: 'big', body: new Uint8Array(17 * 1024 * 1024) } as const;
    await expect(opened.store.commit({ puts: [put] })).rejects.toThrow('store.body-too-large');
  });

  test('a database of a newer engine is not touched', async () => {
    const other = await openMongoStore(url);
    const settings = client.db(other.database).collection<{ _id: string; version: number }>('_engine');
    expect((await settings.findOne({ _id: 'schema' }))?.version).toBe(1);
    await settings.updateOne({ _id: 'schema' }, { $set: { version: 99 } });
    await expect(openDatabase(url, other.database)).rejects.toThrow('store.schema-newer');
    await other.close();
  });

  test('commits that share a transaction stand and fall each by itself', async () => {
    const arrive = (id: string) =>
      opened.store.commit({
        puts: [
          { collection: 'messages', id, body: Buffer.from(id) },
          { collection: 'journal', id, body: '{}', sequence: 'seq' },
        ],
        expect: [{ collection: 'journal', id, rev: 0 }],
      });
    await arrive('twice-3');
    const ids = Array.from({ length: 40 }, (_, index) => `${index % 8 === 3 ? 'twice' : 'once'}-${index}`);
    const results = await Promise.all(ids.map(arrive));
    expect(results.flatMap((result, index) => (result.ok ? [] : [ids[index]]))).toEqual(['twice-3']);
    const again = await Promise.all(['twice-3', 'once-1', 'new-1', 'new-1'].map(arrive));
    expect(again.map(({ ok }) => ok).sort()).toEqual([false, false, false, true]);
    const rows = await opened.store.getMany('journal', ids);
    const told = results.flatMap((result) => (result.ok ? result.sequences : []));
    expect(new Set(told).size).toBe(39);
    const stored = rows.flatMap((row, index) => (results[index]?.ok === true ? [row?.fields['seq']] : []));
    expect(stored).toEqual(told);
    expect(rows.every((row) => row?.rev === 1)).toBe(true);
  });

  test('nodes may start on an empty database at the same time', async () => {
    const database = `${opened.database}-many`;
    const stores = await Promise.all([1, 2, 3].map(() => openDatabase(url, database)));
    await Promise.all(stores.map((store) => store.close()));
    await client.db(database).dropDatabase();
    expect(stores).toHaveLength(3);
  });
});

suite('mongodb: a server that is not there', () => {
  let gate: TcpGate;
  let opened: MongoDatabase;
  let store: Store;
  beforeAll(async () => {
    opened = await openMongoStore(url);
    gate = await tcpGate(Number(new URL(url.split(',')[0] ?? url).port || '27017'));
    store = await openDatabase(`mongodb://127.0.0.1:${gate.port}/?directConnection=true`, opened.database, 400);
  });
  afterAll(async () => {
    gate.open();
    await store.close();
    await opened.close();
    await gate.close();
  });

  test('calls fail as unavailable within a bounded time, and work again by themselves', async () => {
    const row = (id: string) => ({ collection: 'links', id, body: '{}' }) as const;
    await store.commit({ puts: [row('a')] });
    gate.shut();
    const started = performance.now();
    const calls = [
      store.commit({ puts: [row('b')] }),
      store.commit({ puts: [row('b'), row('c')] }),
      store.commit({ puts: [{ collection: 'journal', id: 'x', body: '{}', sequence: 'seq' }] }),
      store.get('links', 'a'),
      store.find('links', {}),
      store.claim('outbound', new Date(), 'n', 1_000, 1),
    ];
    for (const call of calls) await expect(call).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - started).toBeLessThan(10_000);
    gate.open();
    const committed = await store.commit({ puts: [row('d'), row('e')] });
    expect(committed.ok).toBe(true);
    expect((await store.find('links', {})).rows.map(({ id }) => id)).toEqual(['a', 'd', 'e']);
  });

  test('a start without a server says so', async () => {
    const gone = await tcpGate(1);
    await gone.close();
    const address = `mongodb://127.0.0.1:${gone.port}/`;
    await expect(openDatabase(address, 'none', 300)).rejects.toThrow('store.mongodb-unreachable');
  });

  test('a connection string that cannot be read is refused without being quoted', async () => {
    const opening = openDatabase('mongodb://user:hidden@host/?noSuchOption=1', 'none', 300);
    await expect(opening).rejects.toThrow('store.mongodb-url');
    await expect(opening).rejects.not.toThrow('hidden');
  });
});

const ownServer = process.env['JINGLUO_TEST_MONGODB_URL'] === undefined && 'url' in server;
(ownServer ? describe : describe.skip)('mongodb: a standalone server', () => {
  test('is refused at start: it has no transactions', async () => {
    const script = path.resolve(import.meta.dirname, '..', '..', 'scripts', 'mongo-test-server.mjs');
    const child = spawn(process.execPath, [script, '--standalone', '--parent', String(process.pid)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    await expect(openDatabase(line.toString().trim(), 'none')).rejects.toThrow('store.mongodb-standalone');
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
});
