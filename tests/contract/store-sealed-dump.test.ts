import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { systemClock } from '../../src/core/clock.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import { specOf } from '../../src/store/check.ts';
import type { CollectionName } from '../../src/store/collections.ts';
import type { Body, Put, Store } from '../../src/store/port.ts';
import { sealStore } from '../../src/store/sealing/index.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { COLLECTION_NAMES } from '../support/collection-names.ts';
import { mongoServer } from '../support/mongo-server.ts';
import { openMongoStore } from '../support/mongo-store.ts';
import { testKeys } from '../support/sealing-keys.ts';

const ID = '990000196803120018';
const PHONE = '13900007531';
/** Shows that the dump is one: it stands in fields, which stay plain. */
const PLAIN = 'plain-2468';

/** An unsealed driver and everything that it has put on disk, as text. */
interface Dumped {
  readonly driver: Store;
  readonly dump: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** The rows of a collection as the driver gives them: what it stores packed is not sealed by that. */
async function rowsOf(driver: Store, collection: CollectionName): Promise<string> {
  const { rows } = await driver.find(collection, {});
  return rows.map((row) => JSON.stringify(row) + (row.body instanceof Uint8Array ? asText(row.body) : '')).join('\n');
}

async function allRows(driver: Store): Promise<string> {
  return (await Promise.all(COLLECTION_NAMES.map((name) => rowsOf(driver, name)))).join('\n');
}

async function memory(): Promise<Dumped> {
  const driver = openMemoryStore();
  return Promise.resolve({ driver, dump: () => allRows(driver), remove: () => driver.close() });
}

async function sqlite(): Promise<Dumped> {
  const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-dump-'));
  const driver = await openSqlite({ file: path.join(folder, 'store.db') }, systemClock);
  const dump = async (): Promise<string> => {
    const files = readdirSync(folder).map((name) => asText(readFileSync(path.join(folder, name))));
    return [...files, await allRows(driver)].join('\n');
  };
  const remove = async (): Promise<void> => {
    await driver.close();
    rmSync(folder, { recursive: true });
  };
  return { driver, dump, remove };
}

async function mongodb(url: string): Promise<Dumped> {
  const opened = await openMongoStore(url);
  const client = new MongoClient(url);
  const dump = async (): Promise<string> => {
    const collections = await client.db(opened.database).collections();
    const rows = await Promise.all(collections.map((rows) => rows.find({}, { raw: true }).toArray()));
    return rows
      .flat()
      .map((row) => asText(row as unknown as Uint8Array))
      .join('\n');
  };
  const remove = async (): Promise<void> => {
    await client.close();
    await opened.close();
  };
  return { driver: opened.store, dump, remove };
}

/** Bytes as UTF-8, and with every NUL left out, which shows UTF-16 as well. */
function asText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  return `${text}\n${text.replaceAll('\u0000', '')}`;
}

const TEXT = JSON.stringify({ id: ID, telecom: [{ value: PHONE }], text: `电话${PHONE}，证号 ${ID}` });
const BODIES: Readonly<Record<'text' | 'bytes' | 'document', Body>> = {
  text: TEXT,
  bytes: Buffer.from(`PID|1||${ID}^^^^NI||||||||${PHONE}\r`),
  document: {
    idNumber: { v: ID },
    phones: [{ v: PHONE }],
    keys: [`idn:01|${ID}`, `tel:${PHONE}`],
    note: `家属 ${PHONE}`,
    from: { idNumber: { differ: [{ v: ID }] } },
  },
};

function planted(collection: CollectionName): Put {
  const spec = specOf(collection);
  const field = Object.keys(spec.fields).find((name) => spec.fields[name] === 'string');
  return {
    collection,
    id: 'row-1',
    body: BODIES[spec.body],
    note: TEXT,
    keys: [`idn:01|${ID}`, `tel:${PHONE}`, `Patient\u0001identifier\u0001urn:x\u0001${ID}`, `num:["HIS","MR","${ID}"]`],
    ordered: [`Patient\u0001name\u0001ceshi`, `Patient\u0001address\u0001${PHONE}`],
    ...(field === undefined ? {} : { fields: { [field]: PLAIN } }),
  };
}

const server = await mongoServer();
const mongo = 'url' in server ? server.url : undefined;
const DRIVERS: readonly (readonly [string, () => Promise<Dumped>])[] = [
  ['memory', memory],
  ['sqlite', sqlite],
  ...(mongo === undefined ? [] : [['mongodb', () => mongodb(mongo)] as const]),
];

describe.each(DRIVERS)('a raw dump of a sealed store over %s', (_name, open) => {
  test('holds no ID number and no phone of any row', async () => {
    const { driver, dump, remove } = await open();
    const store = await sealStore(driver, testKeys(1));
    await store.commit({ puts: COLLECTION_NAMES.map(planted) });
    const text = await dump();
    expect(text).toContain(PLAIN);
    expect([ID, PHONE].filter((number) => text.includes(number))).toEqual([]);
    for (const key of [`idn:01|${ID}`, `tel:${PHONE}`, `Patient\u0001identifier\u0001urn:x\u0001${ID}`]) {
      expect((await store.find('sources', { all: [key] })).rows.map(({ body }) => body)).toEqual([TEXT]);
    }
    await remove();
  });

  test('would show them if it were not sealed, in every collection', async () => {
    const { driver, remove } = await open();
    await driver.commit({ puts: COLLECTION_NAMES.map(planted) });
    const shown = await Promise.all(COLLECTION_NAMES.map((name) => rowsOf(driver, name)));
    expect(COLLECTION_NAMES.filter((_, index) => shown[index]?.includes(PHONE) !== true)).toEqual([]);
    await remove();
  });
});
