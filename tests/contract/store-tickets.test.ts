import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/core/clock.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { mongoServer } from '../support/mongo-server.ts';
import { openDatabase, openMongoStore } from '../support/mongo-store.ts';
import type { Arrival } from '../support/ticket-writer.ts';
import { match, personOf } from '../support/ticket-writer.ts';

/** Colliding groups per driver; the acceptance run takes 10,000. */
const GROUPS = Number(process.env['JINGLUO_TEST_PAIRS'] ?? '60');
/** Groups that are written at the same time. */
const AT_ONCE = 8;

/** Two clients of one store (the same one, where one process writes), and how to be rid of them. */
interface Clients {
  readonly stores: readonly [Store, Store];
  readonly close: () => Promise<void>;
}

const server = await mongoServer();
const mongo = 'url' in server ? server.url : undefined;

const DRIVERS: readonly (readonly [string, () => Promise<Clients>])[] = [
  [
    'memory',
    () => {
      const store = openMemoryStore();
      return Promise.resolve({ stores: [store, store], close: () => store.close() });
    },
  ],
  [
    'sqlite',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-tickets-'));
      const store = await openSqlite({ file: path.join(folder, 'store.db') }, systemClock);
      const close = async (): Promise<void> => {
        await store.close();
        rmSync(folder, { recursive: true });
      };
      return { stores: [store, store], close };
    },
  ],
  ...(mongo === undefined ? [] : [['mongodb', () => mongoClients(mongo)] as const]),
];

async function mongoClients(url: string): Promise<Clients> {
  const first = await openMongoStore(url);
  const second = await openDatabase(url, first.database);
  const close = async (): Promise<void> => {
    await second.close();
    await first.close();
  };
  return { stores: [first.store, second], close };
}

describe.each(DRIVERS)('tickets over %s', (_driver, open) => {
  let clients: Clients;
  beforeAll(async () => {
    clients = await open();
  });
  afterAll(() => clients.close());

  /** Writes groups of records that are one person, all of a group at once, over both clients; counts the split ones. */
  async function splits(group: (index: number) => readonly Arrival[], tickets: boolean): Promise<number> {
    let count = 0;
    for (let start = 0; start < GROUPS; start += AT_ONCE) {
      const groups = Array.from({ length: Math.min(AT_ONCE, GROUPS - start) }, (_, index) => group(start + index));
      const results = await Promise.all(groups.map((arrivals) => write(arrivals, tickets)));
      count += results.filter((whole) => !whole).length;
    }
    return count;
  }

  async function write(arrivals: readonly Arrival[], tickets: boolean): Promise<boolean> {
    const [one, two] = clients.stores;
    const writing = arrivals.map((arrival, index) =>
      match(index % 2 === 0 ? one : two, arrival, { tickets, pause: () => setImmediate() }),
    );
    await Promise.all(writing);
    const rows = await one.getMany(
      'sources',
      arrivals.map(({ id }) => id),
    );
    return new Set(rows.map(personOf)).size === 1;
  }

  const pair = (name: string) => (index: number) =>
    ['a', 'b'].map((member) => ({ id: `${name}-${index}-${member}`, keys: [`${name}-${index}`] }));
  const chain = (name: string) => (index: number) => {
    const key = (number: number): string => `${name}-${index}-${number}`;
    return [[1], [1, 2], [2]].map((numbers, member) => ({ id: `${name}-${index}-${member}`, keys: numbers.map(key) }));
  };

  test('two colliding records never become two persons', async () => {
    expect(await splits(pair('pairs'), true)).toBe(0);
  }, 3_600_000);

  test('the ends of a chain never stay apart from its middle', async () => {
    expect(await splits(chain('chains'), true)).toBe(0);
  }, 3_600_000);

  test('without tickets they do: the race is real', async () => {
    expect(await splits(pair('blind'), false)).toBeGreaterThan(0);
  }, 3_600_000);
});
