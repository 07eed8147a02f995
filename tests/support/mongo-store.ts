import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { noMetrics } from '../../src/core/metrics.ts';
import { STORES } from '../../src/store/builtins.ts';
import type { Store } from '../../src/store/port.ts';
import type { StoreUnderTest } from '../contract/store/opened.ts';

/** A database of its own on a server, removed by `close`. */
export interface MongoDatabase extends StoreUnderTest {
  /** Name of the database. */
  readonly database: string;
}

/** Opens a store over a new, empty database. */
export async function openMongoStore(url: string): Promise<MongoDatabase> {
  const database = `jingluo-test-${randomUUID().slice(0, 13)}`;
  let store = await openDatabase(url, database);
  return {
    database,
    store,
    reopen: async () => {
      await store.close();
      store = await openDatabase(url, database);
      return store;
    },
    close: async () => {
      await store.close();
      const client = new MongoClient(url);
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
}

/** Opens a store over a database that may hold data. */
export async function openDatabase(url: string, database: string, timeoutMs = 5_000): Promise<Store> {
  const plugin = STORES.find(({ type }) => type === 'mongodb');
  if (plugin === undefined) throw new TypeError('The driver mongodb is not in the list.');
  const deps = { dataDir: tmpdir(), log: silentLog, metrics: noMetrics, clock: systemClock };
  return plugin.create({ url, database, timeoutMs }, deps);
}
