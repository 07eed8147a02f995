import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { compareCopies } from '../../identity/judge.ts';
import { residentIds } from '../../identity/match-copy.ts';
import type { Draft } from '../../store/draft.ts';
import type { RecordSettings } from '../contract.ts';
import type { Actor, OperationDone, SourceRecord } from './contract.ts';
import type { Assertion } from './fact-rows.ts';
import { carryOut, decisionWorkspace, hasClinicalData, nothingChanged, personRecords } from './operation.ts';
import { findReview, putReview, reviewCandidate, reviewId, type Review, type ReviewDecision } from './review-row.ts';
import { joins, standingOf } from './standing.ts';
import type { Workspace } from './workspace.ts';

/**
 * A clerk says that two source records are the same human being: their persons become one. Where both have clinical
 * data or hold two valid different ID numbers a second person must agree: by `confirmedBy`, or by saying the same
 * again; until then `pending` is set and nothing has changed but the review.
 */
export async function mergePersons(
  draft: Draft,
  about: { readonly a: string; readonly b: string },
  actor: Actor,
  settings: RecordSettings,
): Promise<Result<OperationDone, Problem>> {
  const ws = await decisionWorkspace(draft, settings);
  const pair = await twoRecords(ws, about);
  if (!pair.ok) return pair;
  const [a, b] = pair.value;
  if (a.person === b.person) return ok(nothingChanged(ws));
  const { open } = await findReview(draft, reviewId('merge', a.id, b.id));
  return ok(await sayTheSame(ws, { review: open ?? askedFor(ws, a, b), a, b }, actor));
}

/** Two known, different source records. */
export async function twoRecords(
  ws: Workspace,
  { a, b }: { readonly a: string; readonly b: string },
): Promise<Result<readonly [SourceRecord, SourceRecord], Problem>> {
  if (a === b) return err(problem('identity.same-record', 'Both ids name one source record.'));
  await ws.load([a, b]);
  const [x, y] = [ws.record(a), ws.record(b)];
  if (x === undefined || y === undefined || x.state === 'deleted' || y.state === 'deleted') {
    const missing = x === undefined || x.state === 'deleted' ? a : b;
    return err(problem('identity.unknown-record', `No source record has the id ${missing}.`));
  }
  return ok([x, y]);
}

/** Carries out a clerk's `same` about the subject and one candidate of a review, or waits for the second person. */
export async function sayTheSame(
  ws: Workspace,
  about: { readonly review: Review; readonly a: SourceRecord; readonly b: SourceRecord },
  actor: Actor,
): Promise<OperationDone> {
  const { review, a, b } = about;
  const [left, right] = [await personRecords(ws, a), await personRecords(ws, b)];
  const idNumbers = differingIds(left, right);
  const confirmedBy = secondPerson(review, b, actor);
  if (confirmedBy === undefined && (idNumbers.length > 0 || (await bothClinical(ws, left, right)))) {
    await putReview(ws.draft, { ...review, decisions: [...review.decisions, decision(ws, b, actor)] });
    const code = idNumbers.length > 0 ? 'identity.two-id-numbers' : 'identity.needs-second-person';
    return { ...nothingChanged(ws), pending: problem(code, 'A second person must say the same.') };
  }
  await ws.loadFacts([...left, ...right].map(({ id }) => id));
  ws.assert({
    ...clerkFact(ws, actor),
    a: a.id,
    b: b.id,
    verdict: 'same',
    ...(review.retires === true ? { retires: true as const } : {}),
    ...(confirmedBy === undefined ? {} : { confirmedBy }),
    ...(idNumbers.length === 0 ? {} : { idNumbers }),
    ...revoking(differences(ws, left, right)),
  });
  const decided = { ...decision(ws, b, actor), assertion: ws.cause.id };
  await putReview(ws.draft, { ...review, state: 'decided', decisions: [...review.decisions, decided] });
  return carryOut(ws, [a, b]);
}

/** What every assertion of a clerk's decision says beside its records and verdict. */
export function clerkFact(
  ws: Workspace,
  actor: Actor,
): Pick<Assertion, 'id' | 'by' | 'at' | 'sequence' | 'user' | 'reason'> {
  return {
    id: ws.cause.id,
    by: 'clerk',
    at: ws.cause.at.toISOString(),
    sequence: 0,
    user: actor.user,
    ...(actor.reason === undefined ? {} : { reason: actor.reason }),
  };
}

/** Who, beside the one who decides, says the same: now, or earlier in the review. */
function secondPerson(review: Review, about: SourceRecord, actor: Actor): string | undefined {
  if (actor.confirmedBy !== undefined && actor.confirmedBy !== actor.user) return actor.confirmedBy;
  const earlier = review.decisions.filter((one) => one.rec === about.id && one.verdict === 'same');
  return earlier.find(({ user }) => user !== actor.user)?.user;
}

async function bothClinical(
  ws: Workspace,
  left: readonly SourceRecord[],
  right: readonly SourceRecord[],
): Promise<boolean> {
  return (await hasClinicalData(ws.draft, left)) && hasClinicalData(ws.draft, right);
}

/** The entry of a decision in a review. */
export function decision(
  ws: Workspace,
  about: SourceRecord,
  actor: Actor,
  verdict: ReviewDecision['verdict'] = 'same',
): ReviewDecision {
  return {
    rec: about.id,
    verdict,
    user: actor.user,
    at: ws.cause.at.toISOString(),
    ...(actor.reason === undefined ? {} : { reason: actor.reason }),
  };
}

/** `revokes` of an assertion, absent where there is nothing to revoke. */
export function revoking(ids: readonly string[]): { readonly revokes?: readonly string[] } {
  return ids.length === 0 ? {} : { revokes: ids };
}

/** Pairs of valid ID numbers of both sides that differ. */
function differingIds(
  left: readonly SourceRecord[],
  right: readonly SourceRecord[],
): readonly (readonly [string, string])[] {
  const ids = (records: readonly SourceRecord[]): readonly string[] => [
    ...new Set(records.flatMap(({ copy }) => residentIds(copy))),
  ];
  return ids(left).flatMap((x) => ids(right).flatMap((y) => (x === y ? [] : [[x, y] as const])));
}

/** Standing facts of clerks that keep the two sides apart: a later `same` overrules them. */
function differences(ws: Workspace, left: readonly SourceRecord[], right: readonly SourceRecord[]): readonly string[] {
  const [x, y] = [new Set(left.map(({ id }) => id)), new Set(right.map(({ id }) => id))];
  return standingOf(ws.assertions())
    .active.filter((fact) => fact.verdict === 'different' && !joins(fact))
    .filter(({ a, b }) => (x.has(a) && y.has(b)) || (x.has(b) && y.has(a)))
    .map(({ id }) => id);
}

function askedFor(ws: Workspace, a: SourceRecord, b: SourceRecord): Review {
  const fields = compareCopies(a.copy, b.copy, { accession: false, number: false, hotPhones: new Set() });
  return {
    id: reviewId('merge', a.id, b.id),
    kind: 'merge',
    state: 'open',
    subject: a.id,
    candidates: [reviewCandidate(a.copy, b, { guards: [], fields })],
    decisions: [],
    openedAt: ws.cause.received.toISOString(),
    message: ws.cause.id,
  };
}
