import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { CollectionName } from '../collections.ts';
import type { Row } from '../port.ts';
import { rowOf } from './layout.ts';
import type { StoredDocument } from './layout.ts';
import type { Condition } from './query.ts';

/** What is asked of a claim; `now` is the server's time. */
export interface Claim {
  readonly due: Date;
  readonly owner: string;
  readonly now: Date;
  readonly leaseMs: number;
  readonly limit: number;
}

/** Times that the candidates are looked up again because others took all of them first. */
const ROUNDS = 5;

/**
 * Leases due rows: looks up candidates, marks with a token those that are still free, reads the marked ones back. The
 * marking is atomic for each row. A crash in between leaves rows leased that nobody works on until the lease ends.
 */
export async function claimRows(
  collection: CollectionName,
  rows: Collection<StoredDocument>,
  claim: Claim,
): Promise<readonly Row[]> {
  const claimed: Row[] = [];
  for (let round = 0; round < ROUNDS && claimed.length < claim.limit; round += 1) {
    const wanted = claim.limit - claimed.length;
    const candidates = await rows
      .find(free(claim), { projection: { _id: 1 } })
      .sort({ 'f.dueAt': 1, _id: 1 })
      .limit(wanted)
      .toArray();
    const ids = candidates.map(({ _id }) => _id);
    if (ids.length === 0) break;
    claimed.push(...(await mark(collection, rows, ids, claim)));
    if (ids.length < wanted) break;
  }
  return claimed;
}

function free({ due, now }: Claim): Condition {
  const unleased = [{ 'f.leaseUntil': { $exists: false } }, { 'f.leaseUntil': { $lte: now } }];
  return { 'f.dueAt': { $lte: due }, $or: unleased };
}

function leased(lease: Condition, token: string): Record<string, Record<string, unknown>> {
  return { $set: { ...lease, t: token }, $inc: { r: 1 } };
}

async function mark(
  collection: CollectionName,
  rows: Collection<StoredDocument>,
  ids: readonly string[],
  claim: Claim,
): Promise<readonly Row[]> {
  const token = randomUUID();
  const lease = { 'f.leaseOwner': claim.owner, 'f.leaseUntil': new Date(claim.now.getTime() + claim.leaseMs) };
  // Row by row: one that a transaction is changing makes its own update wait, not a lock that others need to end theirs.
  const update = leased(lease, token);
  const { modifiedCount } = await rows.bulkWrite(
    ids.map((_id) => ({ updateOne: { filter: { _id, ...free(claim) }, update } })),
    { ordered: false },
  );
  if (modifiedCount === 0) return [];
  const marked = await rows
    .find({ _id: { $in: ids }, t: token })
    .sort({ 'f.dueAt': 1, _id: 1 })
    .toArray();
  return marked.map((document) => rowOf(collection, document));
}
