import type { Db } from 'mongodb';
import { MongoClient, MongoParseError, MongoServerSelectionError } from 'mongodb';
import { JingluoError, problem } from '../../core/problem.ts';
import { record } from './layout.ts';

/** Settings of the driver. */
export interface MongodbConfig {
  /** Connection string; user and password come from the environment (`${NAME}`). */
  readonly url: string;
  /** Name of the database; default: the one in the connection string, else `jingluo`. */
  readonly database?: string;
  /** Connections of this node at most; default 32. */
  readonly connections?: number;
  /** Time after which an unreachable server makes a call fail, milliseconds; default 5,000. */
  readonly timeoutMs?: number;
}

/** The database after a successful connection. */
export interface Connection {
  readonly client: MongoClient;
  readonly db: Db;
}

/**
 * Connects and makes sure that the server can do transactions. The connection string cannot weaken what the promises
 * rest on: majority writes that are in the journal, majority reads from the primary.
 * @throws JingluoError `store.mongodb-url`, `store.mongodb-unreachable`, `store.mongodb-standalone`
 */
export async function connect(config: MongodbConfig): Promise<Connection> {
  const client = makeClient(config);
  try {
    await client.connect();
    const db = client.db(databaseOf(client, config));
    const hello = record(await db.command({ hello: 1 }));
    if (hello['setName'] === undefined && hello['msg'] !== 'isdbgrid') {
      throw new JingluoError(
        problem('store.mongodb-standalone', 'The MongoDB server is neither a replica set nor a sharded cluster.'),
      );
    }
    return { client, db };
  } catch (cause) {
    await client.close();
    if (cause instanceof JingluoError) throw cause;
    const reason = cause instanceof MongoServerSelectionError ? 'no primary answered in time' : nameOfError(cause);
    throw new JingluoError(problem('store.mongodb-unreachable', `MongoDB cannot be used: ${reason}.`), { cause });
  }
}

function makeClient({ url, connections = 32, timeoutMs = 5_000 }: MongodbConfig): MongoClient {
  try {
    return new MongoClient(url, {
      appName: 'jingluo',
      maxPoolSize: connections,
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      waitQueueTimeoutMS: 2 * timeoutMs,
      // A frozen server keeps its connection: longer than any commit or page takes.
      socketTimeoutMS: 30_000,
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: 2 * timeoutMs },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      retryWrites: true,
      retryReads: true,
      ignoreUndefined: true,
    });
  } catch (cause) {
    const reason = cause instanceof MongoParseError ? 'is malformed' : 'has an option that is not understood';
    // The driver's own message may quote the password.
    throw new JingluoError(problem('store.mongodb-url', `The MongoDB connection string ${reason}.`));
  }
}

function databaseOf(client: MongoClient, { database }: MongodbConfig): string {
  if (database !== undefined) return database;
  const { dbName } = client.options;
  return dbName === 'test' ? 'jingluo' : dbName;
}

function nameOfError(error: unknown): string {
  const { code, name } = record(error);
  return typeof code === 'number' ? `${String(name)} ${code}` : String(name);
}
