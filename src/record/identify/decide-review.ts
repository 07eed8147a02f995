import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Draft } from '../../store/draft.ts';
import type { RecordSettings } from '../contract.ts';
import { sourceId } from './aliases.ts';
import type { Actor, OperationDone, SourceRecord } from './contract.ts';
import { clerkFact, decision, sayTheSame, twoRecords } from './merge-persons.ts';
import { carryOut, decisionWorkspace, nothingChanged } from './operation.ts';
import { findReview, putReview, type Review, type ReviewCandidate, type ReviewDecision } from './review-row.ts';
import { sayDifferent } from './split-person.ts';
import type { Workspace } from './workspace.ts';

/** What a clerk says; `rename` and `new-holder` are what `same` and `different` mean where a number has a strange bearer. */
export type ReviewVerdict = ReviewDecision['verdict'] | 'rename' | 'new-holder';

/** A decision about a review. */
export interface ReviewAnswer {
  readonly review: string;
  readonly verdict: ReviewVerdict;
  /** The candidate (source record) that it is about; needed for `same` where there are several. `different` without it is about all. */
  readonly candidate?: string;
}

const PLAIN: Readonly<Record<ReviewVerdict, ReviewDecision['verdict']>> = {
  same: 'same',
  rename: 'same',
  different: 'different',
  'new-holder': 'different',
  'need-more': 'need-more',
};

/**
 * Carries out a clerk's decision: as assertions, so that it can be undone and holds against the rules.
 * A held message is in `release`. Fails with `identity.unknown-review` where the review is not open or has no such
 * candidate.
 */
export async function decideReview(
  draft: Draft,
  answer: ReviewAnswer,
  actor: Actor,
  settings: RecordSettings,
): Promise<Result<OperationDone, Problem>> {
  const ws = await decisionWorkspace(draft, settings);
  const { open: review } = await findReview(draft, answer.review);
  const verdict = PLAIN[answer.verdict];
  const chosen = review === undefined ? [] : candidatesOf(review, answer.candidate, verdict);
  const [first] = chosen;
  if (review === undefined || first === undefined) {
    return err(problem('identity.unknown-review', `No open review ${answer.review} has this candidate.`));
  }
  if (verdict === 'need-more') {
    const [about] = await ws.load([first.rec]);
    const more = about === undefined ? [] : [decision(ws, about, actor, 'need-more')];
    await putReview(draft, { ...review, decisions: [...review.decisions, ...more] });
    return ok(nothingChanged(ws));
  }
  if (review.kind === 'holder') return ok(await decideHolder(ws, review, { verdict, actor }));
  return decidePair(ws, { review, chosen, verdict }, actor);
}

function candidatesOf(
  review: Review,
  candidate: string | undefined,
  verdict: ReviewDecision['verdict'],
): readonly ReviewCandidate[] {
  const found = candidate === undefined ? review.candidates : review.candidates.filter(({ rec }) => rec === candidate);
  return verdict === 'same' && found.length !== 1 ? [] : found;
}

async function decidePair(
  ws: Workspace,
  about: {
    readonly review: Review;
    readonly chosen: readonly ReviewCandidate[];
    readonly verdict: 'same' | 'different';
  },
  actor: Actor,
): Promise<Result<OperationDone, Problem>> {
  const { review, chosen, verdict } = about;
  for (const { rec } of chosen) {
    const pair = await twoRecords(ws, { a: review.subject, b: rec });
    if (!pair.ok) return pair;
    if (verdict === 'same') return ok(await sayTheSame(ws, { review, a: pair.value[0], b: pair.value[1] }, actor));
  }
  const subject = ws.record(review.subject);
  const others = await ws.load(chosen.map(({ rec }) => rec));
  if (subject === undefined) return err(problem('identity.unknown-record', 'The subject of the review is gone.'));
  const decisions = others.map((other) => ({ ...decision(ws, other, actor, 'different'), assertion: ws.cause.id }));
  const left = review.candidates.filter((candidate) => !chosen.includes(candidate));
  await putReview(ws.draft, {
    ...review,
    candidates: left.length === 0 ? review.candidates : left,
    state: left.length === 0 ? 'decided' : 'open',
    decisions: [...review.decisions, ...decisions],
  });
  // One person may stand for several records: every one that the rules tie to the subject is told apart.
  await ws.loadFacts([subject.id]);
  const persons = new Set(others.map(({ person }) => person));
  const ends = await ws.load(ws.pairsOf(subject.id).flatMap(({ a, b }) => [a, b]));
  const all = [...others, ...ends.filter(({ id, person }) => id !== subject.id && persons.has(person))];
  return ok(await sayDifferent(ws, subject, [...new Set(all.map(({ id }) => id))], actor));
}

/** G12: `same` lets the held messages run; `different` closes the record at the first of them and names the next one. */
async function decideHolder(
  ws: Workspace,
  review: Review,
  by: { readonly verdict: 'same' | 'different'; readonly actor: Actor },
): Promise<OperationDone> {
  const held = review.held ?? [];
  const release = held.map(({ message }) => message);
  const [record] = await ws.load([review.subject]);
  if (record === undefined) return nothingChanged(ws, release);
  const decided = { ...decision(ws, record, by.actor, by.verdict), assertion: ws.cause.id };
  await putReview(ws.draft, { ...review, state: 'decided', decisions: [...review.decisions, decided] });
  if (by.verdict === 'same' || record.key === undefined) return nothingChanged(ws, release);
  const next = sourceId(ws.settings.installation, record.key, record.generation + 1);
  const at = held.map((one) => one.at).sort()[0] ?? ws.cause.at.toISOString();
  const closed: SourceRecord = { ...record, closed: { at, next } };
  ws.set(closed);
  await ws.loadFacts([record.id]);
  ws.assert({ ...clerkFact(ws, by.actor), a: record.id, b: next, verdict: 'different' });
  return carryOut(ws, [closed], release);
}
