import type { AnyBulkWriteOperation } from 'mongodb';
import { specOf } from '../check.ts';
import type { CollectionName } from '../collections.ts';
import type { ChangeSet, Expectation, Put, RowName } from '../port.ts';
import { bodyUpdateOf, documentOf, prefixOf, updateOf, withBody } from './layout.ts';
import type { StoredDocument } from './layout.ts';

/** What a transaction does to one collection, and how many rows it must meet for every expectation to hold. */
export interface CollectionPlan {
  readonly collection: CollectionName;
  readonly operations: AnyBulkWriteOperation<StoredDocument>[];
  /** Rows that updates and replacements must match or upsert. */
  written: number;
  /** Rows that expected deletes must remove. */
  removed: number;
  /** Ids to delete whatever their rev, and whether or not they exist. */
  readonly gone: string[];
}

/** A change set as writes, collection by collection. */
export type WritePlan = readonly CollectionPlan[];

/** Name of a row within a change set. */
export function nameOf({ collection, id }: RowName): string {
  return `${collection}\u0000${id}`;
}

/** Revs that a change set expects, by row name. */
export function expectedRevs(changes: ChangeSet): ReadonlyMap<string, number> {
  return new Map((changes.expect ?? []).map((expectation) => [nameOf(expectation), expectation.rev]));
}

/** Puts of native documents that need something of the stored one: its rev, which nobody expects, or all but its body. */
export function needsStored(changes: ChangeSet): readonly Put[] {
  const revs = expectedRevs(changes);
  return (changes.puts ?? []).filter(
    (put) => specOf(put.collection).body === 'document' && (put.bodyOnly === true || !revs.has(nameOf(put))),
  );
}

/** What writes need to know beside the change set, by row name. */
export interface Known {
  /** Expected revs, and of blindly put native documents the present one; 0 where there is none. */
  readonly revs: ReadonlyMap<string, number>;
  /** The engine's own part of native documents (`needsStored`). */
  readonly natives: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly sequences: ReadonlyMap<Put, number>;
}

/**
 * Plans a change set. Every expectation becomes part of a write, so that the server's own conflict detection covers it:
 * an insert (the row must be absent), an update or delete with the rev in its filter, and for a row that is not
 * otherwise written an increment of the side field `x`, which no reader sees. Without it two transactions that read
 * the same two rows and write one each would both commit (write skew under snapshot isolation). The price is that
 * two decisions which only expect the same row cannot run side by side: the later one is run again.
 */
export function planWrites(changes: ChangeSet, known: Known): WritePlan {
  const plans = new Map<CollectionName, CollectionPlan>();
  const planOf = (collection: CollectionName): CollectionPlan => {
    let plan = plans.get(collection);
    if (plan === undefined) {
      plan = { collection, operations: [], written: 0, removed: 0, gone: [] };
      plans.set(collection, plan);
    }
    return plan;
  };
  const written = new Set<string>();
  // Expectations come first: where a decision is out of date, the least work is thrown away.
  for (const row of [...(changes.puts ?? []), ...(changes.deletes ?? [])]) written.add(nameOf(row));
  for (const expectation of changes.expect ?? []) {
    if (!written.has(nameOf(expectation))) planBump(planOf(expectation.collection), expectation);
  }
  for (const put of changes.puts ?? []) planPut(planOf(put.collection), put, known);
  for (const row of changes.deletes ?? []) planDelete(planOf(row.collection), row.id, known.revs.get(nameOf(row)));
  return [...plans.values()];
}

function planBump(plan: CollectionPlan, { collection, id, rev }: Expectation): void {
  const update: Record<string, Record<string, unknown>> = { $inc: { [`${prefixOf(collection)}x`]: 1 } };
  plan.operations.push({ updateOne: { filter: withRev(collection, id, rev), update } });
  plan.written += 1;
}

function planPut(plan: CollectionPlan, put: Put, known: Known): void {
  plan.operations.push(putOperation(put, known));
  if (known.revs.get(nameOf(put)) !== 0) plan.written += 1;
}

/** The one write of a put. */
export function putOperation(put: Put, known: Known): AnyBulkWriteOperation<StoredDocument> {
  const rev = known.revs.get(nameOf(put));
  const sequence = known.sequences.get(put);
  if (rev === 0) return { insertOne: { document: documentOf(put, 1, sequence) } };
  if (rev === undefined) {
    return { updateOne: { filter: { _id: put.id }, update: updateOf(put, sequence), upsert: true } };
  }
  const filter = withRev(put.collection, put.id, rev);
  if (put.bodyOnly === true) {
    const own = known.natives.get(nameOf(put));
    return own === undefined
      ? { updateOne: { filter, update: bodyUpdateOf(put) } }
      : { replaceOne: { filter, replacement: withBody(put, own) } };
  }
  return { replaceOne: { filter, replacement: withoutId(documentOf(put, rev + 1, sequence)) } };
}

function withoutId(document: StoredDocument): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== '_id'));
}

function planDelete(plan: CollectionPlan, id: string, rev: number | undefined): void {
  if (rev === undefined) {
    plan.gone.push(id);
    return;
  }
  plan.operations.push({ deleteOne: { filter: withRev(plan.collection, id, rev) } });
  plan.removed += 1;
}

/** The row, as long as it has this rev. */
export function withRev(
  collection: CollectionName,
  id: string,
  rev: number,
): { _id: string } & Record<string, unknown> {
  return { _id: id, [`${prefixOf(collection)}r`]: rev };
}
