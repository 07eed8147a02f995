import { sha256 } from '../../core/ids.ts';
import { problem, type Problem } from '../../core/problem.ts';
import type { IdentityDirective, NaturalKey } from '../../fhir/patch.ts';
import { allConflict, compareCopies, hasTwoIds, type Agreement, type Guard } from '../../identity/judge.ts';
import { residentIds, type MatchCopy } from '../../identity/match-copy.ts';
import { motherOf } from '../../identity/name.ts';
import { recOf } from './aliases.ts';
import type { SourceRecord } from './contract.ts';
import type { Assertion } from './fact-rows.ts';
import { openReview } from './match-reviews.ts';
import { reviewCandidate } from './review-row.ts';
import { stubOf } from './source-news.ts';
import { joins, standingOf } from './standing.ts';
import type { Workspace } from './workspace.ts';

/** What a directive left behind. */
export interface DirectiveDone {
  /** Source records that it named. */
  readonly recs: readonly string[];
  readonly warnings: readonly Problem[];
}

type Directive<K extends IdentityDirective['kind']> = Extract<IdentityDirective, { kind: K }>;

/** The source records of the numbers that a directive about persons names, stubs for unknown ones included. */
export async function directiveRecs(ws: Workspace, directive: IdentityDirective): Promise<readonly SourceRecord[]> {
  const records: SourceRecord[] = [];
  for (const key of keysOf(directive)) {
    const id = await recOf(ws.draft, ws.settings, key, ws.cause.at);
    const [known] = await ws.load([id]);
    records.push(known ?? stubOf(ws, id, key));
  }
  return records;
}

function keysOf(directive: IdentityDirective): readonly NaturalKey[] {
  switch (directive.kind) {
    case 'merge':
      return [directive.retired, directive.survivor];
    case 'link':
    case 'unlink':
      return [directive.a, directive.b];
    case 'move-identifier':
      return [directive.identifier, directive.to];
    case 'delete':
      return [directive.patient];
    case 'change-identifier':
    case 'move-resource':
    case 'merge-resource':
    case 'change-resource':
      return [];
  }
}

/** Applies one directive to the workspace; `settle` then draws the consequences. */
export async function applyDirective(ws: Workspace, directive: IdentityDirective): Promise<DirectiveDone> {
  const records = await directiveRecs(ws, directive);
  const [a, b] = records;
  if (a === undefined) return { recs: [], warnings: [] };
  const recs = records.map(({ id }) => id);
  if (directive.kind === 'delete') return { recs, warnings: remove(ws, a) };
  if (b === undefined || a.id === b.id) return { recs, warnings: [selfMerge()] };
  await ws.loadFacts(await personsOf(ws, [a, b]));
  switch (directive.kind) {
    case 'merge':
      return { recs, warnings: await merge(ws, directive, { retired: a, survivor: b }) };
    case 'link':
      return { recs, warnings: await join(ws, { a, b, retires: false }) };
    case 'unlink':
      assertAdt(ws, { a: a.id, b: b.id, verdict: 'different', revokes: joining(ws, [a.id], [b.id]) });
      return { recs, warnings: [] };
    case 'move-identifier':
      return { recs, warnings: await move(ws, a, b) };
    default:
      return { recs: [], warnings: [] };
  }
}

/** A29, unless something newer is known of the patient. */
function remove(ws: Workspace, record: SourceRecord): readonly Problem[] {
  if (record.lastAt > ws.cause.at.toISOString()) {
    return [problem('identity.delete-overtaken', 'Newer news tells of the patient.', { path: 'PID-3' })];
  }
  markDeleted(ws, record);
  return [];
}

/** A deleted source record leaves matching and its person; it is kept. */
export function markDeleted(ws: Workspace, record: SourceRecord): void {
  ws.set({ ...record, state: 'deleted', person: record.id, lastAt: ws.cause.at.toISOString() });
}

const selfMerge = (): Problem =>
  problem('identity.self-merge', 'Both numbers name one source record.', { path: 'MRG-1' });

/** A40: the earlier merge that retired the survivor (a reversed or circular one) is revoked. */
async function merge(
  ws: Workspace,
  directive: Directive<'merge'>,
  pair: { readonly retired: SourceRecord; readonly survivor: SourceRecord },
): Promise<readonly Problem[]> {
  const { retired, survivor } = pair;
  const across =
    directive.retired.namespace === directive.survivor.namespace
      ? []
      : [problem('identity.merge-across', 'The numbers are of different namespaces.', { path: 'MRG-1' })];
  const { active } = standingOf(ws.assertions());
  const standing = active.filter((fact) => fact.retires === true);
  if (standing.some((fact) => fact.a === retired.id && fact.b === survivor.id)) return across;
  const revokes = leadsTo(standing, survivor.id, retired.id)
    ? standing.filter((fact) => fact.a === survivor.id).map(({ id }) => id)
    : [];
  return [...across, ...(await join(ws, { a: retired, b: survivor, retires: true, revokes }))];
}

/** Whether following the merges from a record arrives at another. */
function leadsTo(merges: readonly Assertion[], from: string, to: string): boolean {
  const seen = new Set<string>();
  let frontier = [from];
  while (frontier.length > 0) {
    if (frontier.includes(to)) return true;
    for (const id of frontier) seen.add(id);
    frontier = merges.filter((fact) => frontier.includes(fact.a) && !seen.has(fact.b)).map((fact) => fact.b);
  }
  return false;
}

/** Appends the fact, or opens a review where the two cannot be one human being. */
async function join(
  ws: Workspace,
  about: {
    readonly a: SourceRecord;
    readonly b: SourceRecord;
    readonly retires: boolean;
    readonly revokes?: readonly string[];
  },
): Promise<readonly Problem[]> {
  const { a, b, retires, revokes = [] } = about;
  const fields = compareCopies(a.copy, b.copy, NOTHING_ELSE);
  const guards = await contradictions(ws, { a, b, fields, retires });
  if (guards.length === 0) {
    assertAdt(ws, { a: a.id, b: b.id, verdict: 'same', revokes, ...(retires ? { retires: true as const } : {}) });
    return [];
  }
  await openReview(ws, {
    kind: 'merge',
    subject: a.id,
    candidate: reviewCandidate(a.copy, b, { guards, fields }),
    ...(retires ? { retires: true as const } : {}),
  });
  const text = `The two cannot be one human being (${guards.join(', ')}).`;
  return [problem('identity.merge-refused', text, { path: retires ? 'MRG-1' : 'PID-3' })];
}

async function contradictions(
  ws: Workspace,
  about: {
    readonly a: SourceRecord;
    readonly b: SourceRecord;
    readonly fields: Agreement;
    readonly retires: boolean;
  },
): Promise<readonly Guard[]> {
  const { a, b, fields } = about;
  if (hasTwoIds(a.copy, b.copy)) return ['G1'];
  if (allConflict(fields)) return ['G12'];
  // A24 is not for mother and baby; nor is a merge.
  if (isNewbornOf(a.copy, b.copy) || isNewbornOf(b.copy, a.copy)) return ['G6'];
  if (a.person === b.person && ws.before(a.id) !== undefined && ws.before(b.id) !== undefined) return [];
  const [x, y] = await Promise.all([idNumbersOf(ws, a), idNumbersOf(ws, b)]);
  const two = x.some((p) => y.some((q) => p !== q));
  return two ? ['G9'] : [];
}

function isNewbornOf(child: MatchCopy, mother: MatchCopy): boolean {
  return child.names.some((name) => {
    const named = motherOf(name.text);
    return named !== undefined && mother.names.some(({ text }) => text === named);
  });
}

async function idNumbersOf(ws: Workspace, record: SourceRecord): Promise<readonly string[]> {
  const members = await ws.load(await personsOf(ws, [record]));
  return [...new Set(members.flatMap(({ copy }) => residentIds(copy)))];
}

/** Members of the persons of records, the records included. */
async function personsOf(ws: Workspace, records: readonly SourceRecord[]): Promise<readonly string[]> {
  const lists = await Promise.all(records.map(({ person }) => ws.members(person)));
  return [...new Set([...records.map(({ id }) => id), ...lists.flatMap((members) => members ?? [])])];
}

/** A43: the record leaves its person for another one. */
async function move(ws: Workspace, rec: SourceRecord, to: SourceRecord): Promise<readonly Problem[]> {
  const [old, target] = await Promise.all([personsOf(ws, [rec]), personsOf(ws, [to])]);
  const left = old.filter((id) => id !== rec.id && !target.includes(id));
  for (const id of left) {
    assertAdt(ws, { a: rec.id, b: id, verdict: 'different', revokes: joining(ws, [rec.id], [id]) });
  }
  assertAdt(ws, { a: rec.id, b: to.id, verdict: 'move' });
  return [];
}

/** Ids of the standing ADT facts that join one side with the other. */
function joining(ws: Workspace, side: readonly string[], other: readonly string[]): readonly string[] {
  return standingOf(ws.assertions())
    .active.filter((fact) => fact.by === 'adt' && joins(fact))
    .filter(({ a, b }) => (side.includes(a) && other.includes(b)) || (side.includes(b) && other.includes(a)))
    .map(({ id }) => id);
}

const NOTHING_ELSE = { accession: false, number: false, hotPhones: new Set<string>() };

function assertAdt(
  ws: Workspace,
  fact: Pick<Assertion, 'a' | 'b' | 'verdict'> & Partial<Pick<Assertion, 'revokes' | 'retires'>>,
): void {
  const { id: message, at, sequence } = ws.cause;
  const { revokes = [], ...rest } = fact;
  ws.assert({
    id: sha256('adt', message, fact.verdict, fact.a, fact.b).slice(0, 32),
    ...rest,
    by: 'adt',
    at: at.toISOString(),
    sequence,
    message,
    ...(revokes.length === 0 ? {} : { revokes }),
  });
}
