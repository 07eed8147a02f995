import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { JingluoError } from '../../../src/core/problem.ts';
import type { Store } from '../../../src/store/port.ts';
import { loadBinding } from '../../../src/store/sqlite/binding.ts';
import { hashInteger, keyHasher } from '../../../src/store/sqlite/key-hash.ts';
import type { SqliteSettings } from '../../../src/store/sqlite/open.ts';
import { openSqlite } from '../../../src/store/sqlite/open.ts';
import type { Migration } from '../../../src/store/sqlite/schema.ts';
import { migrate, MIGRATIONS, readMeta } from '../../../src/store/sqlite/schema.ts';
import { StoreUnavailable } from '../../../src/store/unavailable.ts';
import { textPut } from '../../contract/store/opened.ts';

let folder = '';
let file = '';
const opened: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jingluo-file-'));
  file = path.join(folder, 'store.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(more: Partial<SqliteSettings> = {}, clock = systemClock): Promise<Store> {
  const store = await openSqlite({ file, ...more }, clock);
  opened.push(store);
  return store;
}

const write = (store: Store, id: string, size = 10) =>
  store.commit({ puts: [textPut('links', id, { body: 'x'.repeat(size) })] });

describe('the file lock', () => {
  test('a second writer is refused by name of the holder, a reader is not', async () => {
    const store = await open();
    await write(store, 'a');
    await expect(open()).rejects.toThrow(new RegExp(`process ${process.pid} on .*store\\.locked`, 'u'));
    const reader = await open({ readOnly: true });
    expect(await reader.get('links', 'a')).toMatchObject({ id: 'a' });
    await write(store, 'b');
    expect(await reader.get('links', 'b')).toMatchObject({ id: 'b' });
    await expect(write(reader, 'c')).rejects.toThrow(StoreUnavailable);
    await store.close();
    await write(await open(), 'c');
    expect(await reader.get('links', 'c')).toMatchObject({ id: 'c' });
  });

  test('a reader that was busy sees what was written after it came to rest', async () => {
    const store = await open();
    const reader = await open({ readOnly: true });
    // More than one turn of the event loop lets through.
    const busy = Array.from({ length: 120 }, () => reader.get('links', 'a'));
    expect((await Promise.all(busy)).every((row) => row === undefined)).toBe(true);
    await write(store, 'a');
    expect(await reader.get('links', 'a')).toMatchObject({ id: 'a' });
  });

  test('reading needs a file that is there', async () => {
    await expect(open({ readOnly: true })).rejects.toThrow(StoreUnavailable);
  });

  test('a file that is no store is refused', async () => {
    const binding = await loadBinding();
    const other = binding(file, { readOnly: false, busyMs: 0 });
    other.exec('CREATE TABLE meta (something)');
    other.close();
    await expect(open()).rejects.toThrow(StoreUnavailable);
  });
});

describe('a store that cannot write', () => {
  test('full: the commit is refused whole, reads go on, and it works again when there is space', async () => {
    const store = await open({ maxPages: 400 });
    let written = 0;
    const fill = async (): Promise<void> => {
      for (; written < 1_000; written += 1) await write(store, `row-${written}`, 20_000);
    };
    await expect(fill()).rejects.toThrow(StoreUnavailable);
    expect(written).toBeGreaterThan(5);
    expect(await store.get('links', `row-${written}`)).toBeUndefined();
    expect(await store.get('links', 'row-0')).toMatchObject({ rev: 1 });
    await expect(write(store, 'again', 20_000)).rejects.toThrow(/full/u);
    await store.commit({ deletes: [0, 1, 2].map((row) => ({ collection: 'links', id: `row-${row}` })) });
    expect((await write(store, 'again', 20_000)).ok).toBe(true);
    expect(await store.get('links', 'again')).toMatchObject({ rev: 1 });
  });

  test('full: commits of the same group that fit are kept or refused, and say which', async () => {
    const store = await open({ maxPages: 400 });
    const sizes = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 30_000 : 10));
    const ends = await Promise.allSettled(sizes.map((size, index) => write(store, `row-${index}`, size)));
    const rows = await store.getMany(
      'links',
      sizes.map((_, index) => `row-${index}`),
    );
    expect(ends.some(({ status }) => status === 'rejected')).toBe(true);
    expect(rows.map((row) => row !== undefined)).toEqual(ends.map(({ status }) => status === 'fulfilled'));
  });

  test('its file removed: nothing is acknowledged that would be lost; put back, it works', async () => {
    const store = await open();
    await write(store, 'a');
    renameSync(file, `${file}.gone`);
    await expect(write(store, 'b')).rejects.toThrow(StoreUnavailable);
    renameSync(`${file}.gone`, file);
    expect((await write(store, 'b')).ok).toBe(true);
  });
});

describe('the clock', () => {
  const at = (ms: number) => ({ now: () => new Date(ms) });

  test('does not go back when the machine is set back a little between two starts', async () => {
    const noon = Date.UTC(2026, 0, 1, 12);
    const store = await open({}, at(noon));
    await write(store, 'a');
    await store.close();
    const later = await open({}, at(noon - 60_000));
    expect((await later.now()).getTime()).toBe(noon);
  });

  test('is not held by a time that was far in the future', async () => {
    const store = await open({}, at(Date.UTC(2099, 0)));
    await write(store, 'a');
    await store.close();
    const later = await open({}, at(Date.UTC(2026, 0)));
    expect((await later.now()).getTime()).toBe(Date.UTC(2026, 0));
  });
});

describe('the schema', () => {
  test('an older file is brought forward step by step, once, and keeps its data', async () => {
    const binding = await loadBinding();
    const db = binding(file, { readOnly: false, busyMs: 0 });
    db.exec(`CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID; INSERT INTO meta VALUES ('schema', 0)`);
    db.exec('CREATE TABLE old_rows (id TEXT); INSERT INTO old_rows VALUES (1), (2)');
    const steps: string[] = [];
    const step =
      (name: string, text: string): Migration =>
      (target) => {
        steps.push(name);
        target.exec(text);
      };
    const list = [
      ...MIGRATIONS,
      step('second', 'CREATE TABLE new_rows AS SELECT id FROM old_rows; DROP TABLE old_rows'),
    ];
    migrate(db, list);
    migrate(db, list);
    migrate(db, [...list, step('third', 'DELETE FROM new_rows WHERE id = 1')]);
    expect(steps).toEqual(['second', 'third']);
    expect(db.prepare('SELECT id FROM new_rows').all([])).toEqual([['2']]);
    expect(readMeta(db, 'schema')).toBe(list.length + 1);
    db.close();
  });

  test('a migration that fails leaves the file as it was', async () => {
    const binding = await loadBinding();
    const db = binding(file, { readOnly: false, busyMs: 0 });
    migrate(db);
    const broken: Migration = (target) => {
      target.exec('CREATE TABLE half (id)');
      target.exec('NO SQL');
    };
    expect(() => {
      migrate(db, [...MIGRATIONS, broken]);
    }).toThrow(/syntax/u);
    expect(db.prepare(`SELECT name FROM sqlite_master WHERE name = 'half'`).get([])).toBeUndefined();
    expect(readMeta(db, 'schema')).toBe(MIGRATIONS.length);
    db.close();
  });

  test('a file of a later version is refused', async () => {
    await (await open()).close();
    const binding = await loadBinding();
    const db = binding(file, { readOnly: false, busyMs: 0 });
    db.exec(`UPDATE meta SET value = 999 WHERE name = 'schema'`);
    db.close();
    const refused = await open().catch((error: unknown) => error);
    expect(refused instanceof JingluoError ? refused.problems[0]?.code : refused).toBe('store.schema-newer');
  });

  test('a field that is declared later is added to a file that has the collection already', async () => {
    const store = await open();
    await write(store, 'a');
    await store.close();
    const binding = await loadBinding();
    const db = binding(file, { readOnly: false, busyMs: 0 });
    db.exec('ALTER TABLE c_links DROP COLUMN f_state');
    db.close();
    const later = await open();
    await later.commit({ puts: [textPut('links', 'b', { fields: { state: 's' } })] });
    expect(await later.count('links', { where: [{ field: 'state', op: 'exists', value: true }] })).toBe(1);
    expect(await later.get('links', 'a')).toMatchObject({ rev: 1, fields: {} });
  });

  test('an index that is no longer declared goes, those that are stay', async () => {
    await (await open()).close();
    const binding = await loadBinding();
    const db = binding(file, { readOnly: false, busyMs: 0 });
    const names = (): unknown[] =>
      db.prepare(`SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name`).all([]).flat();
    const before = names();
    db.exec('CREATE INDEX i_links_state ON c_links (f_state)');
    migrate(db);
    expect(names()).toEqual(before);
    expect(before).toContain('i_journal_seq');
    db.close();
  });
});

describe('an older file', () => {
  const NOTE = '{"by":["PID-3"]}';
  const bytes = Buffer.concat([Buffer.of(2), Buffer.from('MSH|^~\\&|HIS\r'.repeat(20))]);

  test('with plain rows and plainly hashed keys is read, searched and written on', async () => {
    const store = await open();
    const body = JSON.stringify({ resourceType: 'Patient', text: '张三'.repeat(100) });
    await store.commit({
      puts: [
        { collection: 'resources', id: 'Patient/a', body, note: NOTE },
        { collection: 'messages', id: 'm', body: bytes },
      ],
    });
    await store.close();
    const binding = await loadBinding();
    const db = binding(file, { readOnly: false, busyMs: 0 });
    db.exec(`DELETE FROM meta WHERE name = 'keys'; UPDATE meta SET value = 1 WHERE name = 'schema'`);
    db.prepare('UPDATE c_resources SET body = ?, note = ?').run([body, NOTE]);
    db.prepare('UPDATE c_messages SET body = ?').run([bytes]);
    const hash = keyHasher(String(readMeta(db, 'seed')), 'resources', 1)('code|1');
    db.prepare('UPDATE c_resources SET keys = ?').run([Buffer.from(hash, 'latin1')]);
    db.prepare('INSERT INTO exact_keys SELECT ?, n FROM c_resources').run([hashInteger(hash)]);
    db.close();
    const later = await open();
    const row = { id: 'Patient/a', rev: 1, body, note: NOTE };
    expect((await later.find('resources', { all: ['code|1'] })).rows).toMatchObject([row]);
    const message = await later.get('messages', 'm');
    expect(Buffer.from(message?.body as Uint8Array).equals(bytes)).toBe(true);
    await later.commit({ puts: [{ collection: 'resources', id: 'Patient/a', body: '{}', keys: ['code|2'] }] });
    expect(await later.count('resources', { all: ['code|1'] })).toBe(0);
    expect(await later.count('resources', { all: ['code|2'] })).toBe(1);
  });
});
