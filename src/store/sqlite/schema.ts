import { randomBytes } from 'node:crypto';
import { JingluoError, problem } from '../../core/problem.ts';
import type { Connection } from './binding.ts';
import { KEY_VERSION } from './key-hash.ts';
import type { Layout } from './layout.ts';
import { columnOf, LAYOUTS } from './layout.ts';

/** Brings a file one version forward, inside a transaction. */
export type Migration = (db: Connection) => void;

/** `MIGRATIONS[n]` leads from version n to version n + 1. Published ones are never changed. */
export const MIGRATIONS: readonly Migration[] = [createKeyTables, markRawBytes];

/**
 * Brings a file to the newest version: runs the migrations that it lacks, then creates tables, columns and indexes of
 * collections that it does not have yet. All or nothing.
 * @throws JingluoError `store.schema-newer` where the file is of a later version of the program
 */
export function migrate(db: Connection, migrations: readonly Migration[] = MIGRATIONS): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID');
    const version = Number(readMeta(db, 'schema') ?? 0);
    if (version > migrations.length) {
      const message = `The store has schema version ${version}; this program knows ${migrations.length}.`;
      throw new JingluoError(problem('store.schema-newer', message));
    }
    for (const migration of migrations.slice(version)) migration(db);
    for (const layout of LAYOUTS) ensureCollection(db, layout);
    writeMeta(db, 'schema', migrations.length);
    if (readMeta(db, 'seed') === undefined) {
      writeMeta(db, 'seed', randomBytes(16).toString('hex'));
      writeMeta(db, 'keys', KEY_VERSION);
    }
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** A value that belongs to the file itself. */
export function readMeta(db: Connection, name: string): string | number | undefined {
  const value = db.prepare('SELECT value FROM meta WHERE name = ?').get([name])?.[0];
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/** Writes such a value. */
export function writeMeta(db: Connection, name: string, value: string | number): void {
  db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run([name, value]);
}

/** How the exact keys of a file are hashed; `keyHasher` takes it. */
export function readKeyVersion(db: Connection): number {
  return Number(readMeta(db, 'keys') ?? 1);
}

/** Numbers that stand for collections in key tables, and for `collection/field` in range tables. */
export function readCode(db: Connection, name: string): number | undefined {
  const code = db.prepare('SELECT code FROM names WHERE name = ?').get([name])?.[0];
  return typeof code === 'number' ? code : undefined;
}

function createKeyTables(db: Connection): void {
  db.exec('CREATE TABLE names (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)');
  db.exec('CREATE TABLE sequences (collection TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID');
  db.exec(
    'CREATE TABLE exact_keys (hash INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (hash, row)) WITHOUT ROWID',
  );
  db.exec(
    'CREATE TABLE ordered_keys (code INTEGER NOT NULL, key TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (code, key, row)) WITHOUT ROWID',
  );
  db.exec(
    'CREATE TABLE range_keys (code INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (code, low, high, row)) WITHOUT ROWID',
  );
}

/** Bytes that begin like packed ones were stored as they are before there were any. */
function markRawBytes(db: Connection): void {
  const exists = db.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`);
  for (const { collection, table, body } of LAYOUTS) {
    if (body !== 'bytes' || exists.get([`c_${collection}`]) === undefined) continue;
    const first = 'substr(body, 1, 1)';
    db.exec(`UPDATE ${table} SET body = CAST(x'01' || body AS BLOB) WHERE ${first} >= x'01' AND ${first} < x'09'`);
  }
}

function ensureCollection(db: Connection, { collection, table, fields, orders }: Layout): void {
  db.prepare('INSERT OR IGNORE INTO names (name) VALUES (?)').run([collection]);
  const columns = fields.map(({ column, kind }) => `${column} ${kind === 'string' ? 'TEXT' : 'INTEGER'}`);
  // Body and note come last: what is before them is read without following the pages of a large body.
  const all = ['n INTEGER PRIMARY KEY', 'id TEXT NOT NULL UNIQUE', 'rev INTEGER NOT NULL', 'keys BLOB', 'ordered TEXT'];
  db.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (${[...all, 'ranges TEXT', ...columns, 'note TEXT', 'body'].join(', ')})`,
  );
  const present = new Set(
    db
      .prepare(`PRAGMA table_info(${table})`)
      .all([])
      .map(([, name]) => `"${String(name)}"`),
  );
  fields.forEach(({ column }, index) => {
    if (!present.has(column)) db.exec(`ALTER TABLE ${table} ADD COLUMN ${columns[index] ?? ''}`);
  });
  ensureIndexes(db, { collection, table, orders });
}

/** Makes the indexes that are declared, and drops those that were once. */
function ensureIndexes(
  db: Connection,
  { collection, table, orders }: Pick<Layout, 'collection' | 'table' | 'orders'>,
): void {
  const declared = new Map(orders.map((order) => [`i_${collection}_${order.join('_')}`, order]));
  for (const [name, order] of declared) {
    db.exec(`CREATE INDEX IF NOT EXISTS "${name}" ON ${table} (${order.map(indexColumn).join(', ')})`);
  }
  for (const [, name] of db.prepare(`PRAGMA index_list(${table})`).all([])) {
    const index = String(name);
    if (index.startsWith('i_') && !declared.has(index)) db.exec(`DROP INDEX "${index}"`);
  }
}

function indexColumn(field: string): string {
  return field.startsWith('-') ? `${columnOf(field.slice(1))} DESC` : columnOf(field);
}
