import type { Db } from 'mongodb';
import { JingluoError, problem } from '../../core/problem.ts';
import type { CollectionName } from '../collections.ts';
import { COLLECTIONS } from '../collections.ts';
import { isDuplicate } from './failure.ts';
import { indexesOf } from './indexes.ts';
import { record } from './layout.ts';
import type { StoredDocument } from './layout.ts';

/** Collection of the driver's own documents: schema version, sequence counters. */
export const ENGINE = '_engine';

/** One step from a schema version to the next. Steps must bear being run twice: a step cut short is run again. */
type Migration = (db: Db) => Promise<void>;

/** Step n leads from version n to n + 1; version 0 is an empty database. Steps are never changed once released. */
const MIGRATIONS: readonly Migration[] = [createAll];

/**
 * Brings the schema up to date: runs the missing steps, then creates whatever collection or index a newer declaration
 * has. Several nodes may do so at once.
 * @throws JingluoError `store.schema-newer` where a newer engine has written the database
 */
export async function migrate(db: Db): Promise<void> {
  const settings = db.collection<StoredDocument>(ENGINE);
  const found = await settings.findOne({ _id: 'schema' });
  const version = found === null ? 0 : Number(record(found)['version']);
  if (version > MIGRATIONS.length) {
    throw new JingluoError(
      problem(
        'store.schema-newer',
        `The database has schema version ${version}, this engine knows ${MIGRATIONS.length}.`,
      ),
    );
  }
  for (const step of MIGRATIONS.slice(version)) await step(db);
  if (version === MIGRATIONS.length) await createAll(db);
  else await remember(db, version);
}

// Never lowers the version that another node has written meanwhile.
async function remember(db: Db, from: number): Promise<void> {
  const settings = db.collection<StoredDocument>(ENGINE);
  try {
    await settings.updateOne(
      { _id: 'schema', version: from === 0 ? { $exists: false } : from },
      { $set: { version: MIGRATIONS.length } },
      { upsert: from === 0 },
    );
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/** Creates collections and indexes that do not exist: transactions must find them there. */
async function createAll(db: Db): Promise<void> {
  const existing = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  await Promise.all(
    Object.keys(COLLECTIONS)
      .filter(isCollection)
      .map(async (name) => {
        if (!existing.has(name)) await createCollection(db, name);
        await db.collection(name).createIndexes(indexesOf(name));
      }),
  );
}

async function createCollection(db: Db, name: CollectionName): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    // Another node was faster.
    if (record(error)['code'] !== 48) throw error;
  }
}

function isCollection(name: string): name is CollectionName {
  return name in COLLECTIONS;
}
