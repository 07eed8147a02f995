import { jsonOf } from '../../store/body.ts';
import { Draft } from '../../store/draft.ts';
import type { FieldTerm, Row } from '../../store/port.ts';
import { addressHash } from './gate-facts.ts';
import type { LoopDeps } from './loop-deps.ts';
import { senderOf } from './loop-deps.ts';
import type { Attempt, Occurrence } from './rows.ts';
import { putAttempt, putOccurrence } from './rows.ts';
import type { Session } from './session.ts';
import type { Verdict } from './settle.ts';
import { settle } from './settle.ts';

const LOOKUP_EVERY_MS = 30_000;
const MOST_LOOKUPS = 10;

/**
 * Finds out what became of an attempt that is still `sending` after its lease: the provider is asked, nothing is sent
 * blindly. "Not found" permits a resend only where the provider refuses a repeated id, because look-ups lag. Else staff is
 * told again, marked as a repeat.
 */
export async function judgeLost(deps: LoopDeps, attempt: Attempt): Promise<Verdict | 'later'> {
  const named = senderOf(deps, attempt.channel);
  if (named === undefined) return { status: 'uncertain' };
  const staff = attempt.audience === 'staff';
  const answer = await named.sender.lookup(attempt.providerKey).catch(() => ({ status: 'unknown' }) as const);
  switch (answer.status) {
    case 'accepted':
    case 'rejected':
    case 'throttled':
      return answer;
    case 'not-found':
      // Under the same id nobody is reached twice: there is nothing to mark.
      if (named.sender.refusesRepeatedId) return { status: 'again', repeat: false };
      return staff ? { status: 'again', repeat: true } : { status: 'uncertain' };
    case 'unknown':
      if (staff) return { status: 'again', repeat: true };
      return attempt.lookups + 1 >= MOST_LOOKUPS ? { status: 'uncertain' } : 'later';
  }
}

/** Writes what `judgeLost` found. */
export async function settleLost(
  session: Session,
  deps: LoopDeps,
  attemptId: string,
  verdict: Verdict | 'later',
): Promise<void> {
  if (verdict !== 'later') {
    await settle(session, deps, attemptId, verdict);
    return;
  }
  const row = await session.draft.get('attempts', attemptId);
  const attempt = row === undefined ? undefined : jsonOf<Attempt>(row);
  if (attempt?.state !== 'sending') return;
  const lookAt = new Date(session.context.now.getTime() + LOOKUP_EVERY_MS);
  putAttempt(
    session.draft,
    { ...attempt, lookups: attempt.lookups + 1 },
    addressHash(deps.installation, attempt.to),
    lookAt,
  );
}

/**
 * Ends the leases of processes that are gone, where this one is alone: what they had claimed is due again at once, and
 * what they were telling staff is told again without waiting. A message to a patient keeps its time, because the look-up
 * at its provider may lag behind a call that was just under way.
 */
export async function endStaleLeases(deps: LoopDeps): Promise<void> {
  await eachRow(deps, 'occurrences', { field: 'leaseOwner', op: 'exists', value: true }, (draft, row) => {
    if (row.fields['leaseOwner'] !== deps.owner) putOccurrence(draft, jsonOf<Occurrence>(row));
  });
  const now = await deps.store.now();
  await eachRow(deps, 'attempts', { field: 'dueAt', op: 'exists', value: true }, (draft, row) => {
    const attempt = jsonOf<Attempt>(row);
    if (attempt.state === 'sending' && attempt.audience === 'staff' && row.fields['leaseOwner'] !== deps.owner)
      putAttempt(draft, attempt, addressHash(deps.installation, attempt.to), now);
  });
}

/** A row that somebody else changes at the same moment needs nothing from us. */
async function eachRow(
  { store }: LoopDeps,
  collection: 'occurrences' | 'attempts',
  term: FieldTerm,
  free: (draft: Draft, row: Row) => void,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await store.find(collection, {
      where: [term],
      limit: 1000,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of page.rows) {
      const draft = new Draft(store);
      draft.adopt(collection, [row]);
      free(draft, row);
      if (!draft.empty) await draft.commit();
    }
    after = page.next;
  } while (after !== undefined);
}
