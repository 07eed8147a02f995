import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import type { CollectionName } from '../collections.ts';
import type { ChangeSet, Conflict, Put, RowName } from '../port.ts';
import { isDuplicate, isTransient } from './failure.ts';
import { ownOf, prefixOf } from './layout.ts';
import type { StoredDocument } from './layout.ts';
import type { Sequences } from './sequences.ts';
import type { Database, Ending } from './transaction.ts';
import { runTransaction } from './transaction.ts';
import type { Known, WritePlan } from './write-plan.ts';
import { expectedRevs, nameOf, needsStored, planWrites, putOperation, withRev } from './write-plan.ts';

/** Tries before contention is handed to the caller as a conflict; together some two seconds. */
const MAX_TRIES = 16;
const MAX_PAUSE_MS = 250;

/** What a commit became; a number for each put that asked for one. */
export type Outcome = { readonly ok: true; readonly sequences: readonly number[] } | Conflict;

/**
 * Commits change sets. A commit of one row is a plain write, everything else one transaction. A transaction that lost
 * against another is run again as it is: a change set carries all that it rests on, so running it again decides
 * nothing anew, and if the other one changed an expected row, the filter on its rev says so.
 */
export class Committer {
  readonly #database: Database;
  readonly #sequences: Sequences;

  constructor(database: Database, sequences: Sequences) {
    this.#database = database;
    this.#sequences = sequences;
  }

  /** Writes a change set that `checkChanges` has passed. */
  async commit(changes: ChangeSet): Promise<Outcome> {
    const asking = (changes.puts ?? []).filter((put) => put.sequence !== undefined);
    const numbers = await Promise.all(asking.map((put) => this.#sequences.next(put.collection)));
    const sequences = new Map(asking.map((put, index) => [put, numbers[index] ?? 0]));
    const single = singleWrite(changes);
    for (let attempt = 1; ; attempt += 1) {
      const ending = await (single === undefined
        ? this.#transact(changes, sequences)
        : this.#writeOne(changes, single, sequences));
      if (ending === 'committed') return { ok: true, sequences: numbers };
      const conflict = await this.#unmet(changes);
      if (conflict !== undefined) return { ok: false, conflict };
      if (attempt === MAX_TRIES) return { ok: false, conflict: anyRow(changes) };
      await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** attempt * 4));
    }
  }

  async #transact(changes: ChangeSet, sequences: ReadonlyMap<Put, number>): Promise<Ending> {
    return runTransaction(this.#database, async (session): Promise<WritePlan> => {
      return planWrites(changes, await this.#known(changes, sequences, session));
    });
  }

  async #writeOne(changes: ChangeSet, row: Put | RowName, sequences: ReadonlyMap<Put, number>): Promise<Ending> {
    const known = await this.#known(changes, sequences);
    const session = this.#database.client.startSession();
    try {
      if (!('body' in row)) return await this.#deleteOne(row, known.revs.get(nameOf(row)), session);
      return await this.#applyOne(row.collection, putOperation(row, known), session);
    } catch (error) {
      if (isDuplicate(error)) return 'missed';
      if (isTransient(error)) return 'lost';
      throw error;
    } finally {
      this.#database.seen.note(session.operationTime);
      await session.endSession();
    }
  }

  async #applyOne(
    collection: CollectionName,
    operation: AnyBulkWriteOperation<StoredDocument>,
    session: ClientSession,
  ): Promise<Ending> {
    const done = await this.#database.rowsOf(collection).bulkWrite([operation], { session });
    return done.insertedCount + done.matchedCount + done.upsertedCount === 1 ? 'committed' : 'missed';
  }

  async #deleteOne({ collection, id }: RowName, rev: number | undefined, session: ClientSession): Promise<Ending> {
    const filter = rev === undefined ? { _id: id } : withRev(collection, id, rev);
    const { deletedCount } = await this.#database.rowsOf(collection).deleteOne(filter, { session });
    return rev === undefined || deletedCount === 1 ? 'committed' : 'missed';
  }

  async #known(changes: ChangeSet, sequences: ReadonlyMap<Put, number>, session?: ClientSession): Promise<Known> {
    const natives = new Map<string, Readonly<Record<string, unknown>>>();
    const present = new Map<string, number>();
    for (const [collection, rows] of byCollection(needsStored(changes))) {
      const found = await this.#owns(collection, rows, session);
      for (const row of rows) {
        const own = found.get(row.id);
        present.set(nameOf(row), Number(own?.['r'] ?? 0));
        if (own !== undefined) natives.set(nameOf(row), own);
      }
    }
    return { revs: new Map([...present, ...expectedRevs(changes)]), natives, sequences };
  }

  /** The first expected row, in the order of the expectations, that has another rev now. */
  async #unmet(changes: ChangeSet): Promise<RowName | undefined> {
    const expected = changes.expect ?? [];
    const revs = new Map<string, number>();
    for (const [collection, rows] of byCollection(expected)) {
      const found = await this.#owns(collection, rows);
      for (const row of rows) revs.set(nameOf(row), Number(found.get(row.id)?.['r'] ?? 0));
    }
    const row = expected.find((expectation) => revs.get(nameOf(expectation)) !== expectation.rev);
    return row === undefined ? undefined : { collection: row.collection, id: row.id };
  }

  /** The engine's own part of rows: all of it of native documents, the rev alone of others. */
  async #owns(
    collection: CollectionName,
    rows: readonly RowName[],
    session?: ClientSession,
  ): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
    const native = prefixOf(collection) !== '';
    const found = await this.#database
      .rowsOf(collection)
      .find(
        { _id: { $in: rows.map(({ id }) => id) } },
        { projection: native ? { _j: 1 } : { r: 1 }, ...(session && { session }) },
      )
      .toArray();
    return new Map(found.map((row) => [row._id, native ? ownOf(row) : row]));
  }
}

/** The only row of a change set that writes one row and expects no other. */
function singleWrite({ puts = [], deletes = [], expect = [] }: ChangeSet): Put | RowName | undefined {
  const rows: readonly (Put | RowName)[] = [...puts, ...deletes];
  const [row] = rows;
  if (row === undefined || rows.length > 1) return undefined;
  return expect.every((expectation) => nameOf(expectation) === nameOf(row)) ? row : undefined;
}

/** Contention that would not end is told as a conflict of a row that the commit was about. */
function anyRow({ puts = [], deletes = [], expect = [] }: ChangeSet): RowName {
  const [{ collection, id } = { collection: 'settings' as const, id: '' }] = [...expect, ...puts, ...deletes];
  return { collection, id };
}

function byCollection<T extends RowName>(rows: readonly T[]): ReadonlyMap<CollectionName, readonly T[]> {
  const groups = new Map<CollectionName, T[]>();
  for (const row of rows) {
    const group = groups.get(row.collection);
    if (group === undefined) groups.set(row.collection, [row]);
    else group.push(row);
  }
  return groups;
}
