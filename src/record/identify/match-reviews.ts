import type { Guard } from '../../identity/judge.ts';
import { residentIds } from '../../identity/match-copy.ts';
import { blockedBy, type Scope } from './component.ts';
import type { SourceRecord } from './contract.ts';
import type { Assertion, Pair } from './fact-rows.ts';
import { findReview, putReview, readReview, reviewCandidate, reviewId, type ReviewCandidate } from './review-row.ts';
import { joins, pairName, standingOf } from './standing.ts';
import type { Workspace } from './workspace.ts';

/** No more candidates than this are shown: a clerk cannot tell more apart. */
const SHOWN = 20;

/**
 * Opens, changes and closes the reviews of every record whose pairs or persons changed: a review lists the persons
 * that its subject may be and that neither rules nor clerks have told apart.
 */
export async function syncReviews(ws: Workspace, scope: Scope): Promise<void> {
  const moved = scope.records.filter(({ id }) => ws.before(id)?.person !== ws.record(id)?.person).map(({ id }) => id);
  const pairs = [...ws.changedPairs(), ...moved.flatMap((id) => ws.pairsOf(id)), ...blockedPairs(ws, scope)];
  const subjects = [...new Set(pairs.map(({ subject }) => subject))];
  await ws.loadFacts(subjects);
  const ends = await ws.load(subjects.flatMap((id) => ws.pairsOf(id).flatMap(({ a, b }) => [a, b])));
  const lists = await Promise.all([...new Set(ends.map(({ person }) => person))].map((id) => ws.members(id)));
  await ws.load(lists.flatMap((members) => members ?? []));
  for (const id of subjects) {
    const subject = ws.record(id);
    if (subject !== undefined) await syncReview(ws, scope, subject);
  }
  for (const fact of keptBack(ws, scope)) await openMergeReview(ws, fact);
}

function blockedPairs(ws: Workspace, scope: Scope): readonly Pair[] {
  return scope.records
    .flatMap(({ id }) => ws.pairsOf(id))
    .filter((pair) => pair.verdict === 'link' && blockedBy(scope, pair.a, pair.b) !== undefined);
}

async function syncReview(ws: Workspace, scope: Scope, subject: SourceRecord): Promise<void> {
  const id = reviewId('match', subject.id);
  const { old, open } = await findReview(ws.draft, id);
  const candidates = subject.state === 'deleted' ? [] : candidatesOf(ws, scope, subject);
  if (candidates.length === 0) {
    if (open !== undefined) await putReview(ws.draft, { ...open, state: 'moot', message: ws.cause.id });
    return;
  }
  if (open !== undefined && sameJson(open.candidates, candidates)) return;
  await putReview(ws.draft, {
    id,
    kind: 'match',
    state: 'open',
    subject: subject.id,
    candidates,
    decisions: old?.decisions ?? [],
    openedAt: open?.openedAt ?? ws.cause.received.toISOString(),
    message: ws.cause.id,
  });
}

function candidatesOf(ws: Workspace, scope: Scope, subject: SourceRecord): readonly ReviewCandidate[] {
  const { deciding } = standingOf(ws.assertions());
  const byPerson = new Map<string, ReviewCandidate>();
  const pairs = ws.pairsOf(subject.id).filter((pair) => pair.subject === subject.id);
  for (const pair of pairs.sort((x, y) => (x.id < y.id ? -1 : 1))) {
    const other = ws.record(pair.a === subject.id ? pair.b : pair.a);
    if (other === undefined || other.state === 'deleted' || other.person === subject.person) continue;
    const fact = deciding.get(pairName(pair.a, pair.b));
    const guards = openGuards(ws, scope, { pair, subject, other });
    if (guards === undefined || (fact !== undefined && !joins(fact))) continue;
    const known = byPerson.get(other.person);
    if (known === undefined) {
      byPerson.set(other.person, reviewCandidate(subject.copy, other, { guards, fields: pair.fields }));
    } else {
      byPerson.set(other.person, { ...known, guards: [...new Set([...known.guards, ...guards])].sort() });
    }
  }
  return [...byPerson.values()].slice(0, SHOWN);
}

/** The guards that leave a pair open; undefined where nothing is to be asked about it. */
function openGuards(
  ws: Workspace,
  scope: Scope,
  about: { readonly pair: Pair; readonly subject: SourceRecord; readonly other: SourceRecord },
): readonly Guard[] | undefined {
  const { pair, subject, other } = about;
  if (pair.verdict === 'apart') return undefined;
  if (pair.verdict === 'link') {
    const guard = blockedBy(scope, pair.a, pair.b);
    return guard === undefined || guard === 'different' ? undefined : [...pair.guards, guard];
  }
  // Their persons hold two valid different IDs: together they can never be, so there is nothing to ask (G9).
  if (!pair.guards.includes('G1') && twoIdsAmong(ws, [subject.person, other.person])) return undefined;
  return pair.guards;
}

function twoIdsAmong(ws: Workspace, persons: readonly string[]): boolean {
  const ids = persons.map((person) => new Set(ws.loadedMembers(person).flatMap(({ copy }) => residentIds(copy))));
  const [x, y] = ids;
  if (x === undefined || y === undefined || x.size === 0 || y.size === 0) return false;
  return [...x].some((id) => !y.has(id));
}

/** Joining facts of messages that a guard keeps back: the fact stays, a clerk is asked. */
function keptBack(ws: Workspace, scope: Scope): readonly Assertion[] {
  return [...scope.standing.deciding.values()].filter((fact) => {
    const guard = joins(fact) ? blockedBy(scope, fact.a, fact.b) : undefined;
    return guard !== undefined && ws.record(fact.a)?.person !== ws.record(fact.b)?.person;
  });
}

async function openMergeReview(ws: Workspace, fact: Assertion): Promise<void> {
  const [subject, other] = [ws.record(fact.a), ws.record(fact.b)];
  if (subject === undefined || other === undefined) return;
  const candidate = reviewCandidate(subject.copy, other, { guards: ['G9'], fields: {} });
  await openReview(ws, {
    kind: 'merge',
    subject: subject.id,
    candidate,
    ...(fact.retires === true ? { retires: true as const } : {}),
  });
}

/** Opens the review of a merge or of a new holder; an open or decided one about the same two is not asked again. */
export async function openReview(
  ws: Workspace,
  about: {
    readonly kind: 'merge' | 'holder';
    readonly subject: string;
    readonly candidate: ReviewCandidate;
    readonly retires?: true;
  },
): Promise<void> {
  const id = reviewId(about.kind, about.subject, about.candidate.rec);
  const row = await ws.draft.get('reviews', id);
  if (row !== undefined && readReview(row).state !== 'moot') return;
  await putReview(ws.draft, {
    id,
    kind: about.kind,
    state: 'open',
    subject: about.subject,
    candidates: [about.candidate],
    decisions: [],
    openedAt: ws.cause.received.toISOString(),
    message: ws.cause.id,
    ...(about.retires === undefined ? {} : { retires: about.retires }),
  });
}

function sameJson(x: unknown, y: unknown): boolean {
  return JSON.stringify(x) === JSON.stringify(y);
}
