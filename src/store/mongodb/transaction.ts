import type { ClientSession, Collection, MongoClient } from 'mongodb';
import { StoreUnavailable } from '../unavailable.ts';
import { isDuplicate, isTransient, isUnknownCommit } from './failure.ts';
import type { LastSeen } from './last-seen.ts';
import type { StoredDocument } from './layout.ts';
import type { CollectionPlan, WritePlan } from './write-plan.ts';
import type { CollectionName } from '../collections.ts';

/**
 * How a transaction ended: it is durable; a write met another number of rows than it had to; or it lost against
 * another transaction. After the latter two nothing is written.
 */
export type Ending = 'committed' | 'missed' | 'lost';

/** What writes need of an open database. */
export interface Database {
  readonly client: MongoClient;
  readonly rowsOf: (name: CollectionName) => Collection<StoredDocument>;
  readonly seen: LastSeen;
}

/** How long a commit whose answer was lost is repeated. */
const COMMIT_DEADLINE_MS = 10_000;

/** Writes a plan as one transaction with majority write concern. Rejects when the server cannot be reached. */
export async function runTransaction(
  database: Database,
  plan: (session: ClientSession) => Promise<WritePlan>,
): Promise<Ending> {
  const session = database.client.startSession();
  try {
    session.startTransaction({
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority', journal: true },
      readPreference: 'primary',
    });
    const met = await writeAll(database, await plan(session), session);
    if (!met) return 'missed';
    await commit(session);
    database.seen.note(session.operationTime);
    return 'committed';
  } catch (error) {
    if (isDuplicate(error)) return 'missed';
    if (isTransient(error)) return 'lost';
    throw error;
  } finally {
    await end(session);
  }
}

async function writeAll({ rowsOf }: Database, plan: WritePlan, session: ClientSession): Promise<boolean> {
  for (const part of plan) {
    if (!(await write(rowsOf(part.collection), part, session))) return false;
  }
  return true;
}

async function write(
  collection: Collection<StoredDocument>,
  part: CollectionPlan,
  session: ClientSession,
): Promise<boolean> {
  if (part.operations.length > 0) {
    const done = await collection.bulkWrite(part.operations, { session });
    if (done.matchedCount + done.upsertedCount !== part.written || done.deletedCount !== part.removed) return false;
  }
  if (part.gone.length > 0) await collection.deleteMany({ _id: { $in: part.gone } }, { session });
  return true;
}

/** Commits; as long as the answer is lost, asks again, which is safe: the server knows the transaction by its number. */
async function commit(session: ClientSession): Promise<void> {
  const deadline = performance.now() + COMMIT_DEADLINE_MS;
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!isUnknownCommit(error)) throw error;
      if (performance.now() > deadline) {
        throw new StoreUnavailable('the answer to a commit was lost, it may be durable', { cause: error });
      }
    }
  }
}

async function end(session: ClientSession): Promise<void> {
  try {
    // Aborts what is still open; the server does so itself where it cannot be reached.
    if (session.inTransaction()) await session.abortTransaction();
  } catch {
    return;
  } finally {
    await session.endSession();
  }
}
