import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { sha256 } from '../../core/ids.ts';
import type { Draft } from '../../store/draft.ts';
import type { RecordSettings } from '../contract.ts';
import type { Actor, OperationDone, SourceRecord } from './contract.ts';
import { clerkFact, revoking, twoRecords } from './merge-persons.ts';
import { carryOut, decisionWorkspace } from './operation.ts';
import { joins, pairName, standingOf } from './standing.ts';
import type { Workspace } from './workspace.ts';

/**
 * A clerk says that a source record is another human being than the one it is with: exactly undoes a merge, and holds
 * against every rule until a clerk says otherwise. Records that hang on one of the two go with it.
 * @param about `from`: the member that it is not; default the lead, or for the lead every member that is tied to it
 */
export async function splitPerson(
  draft: Draft,
  about: { readonly rec: string; readonly from?: string },
  actor: Actor,
  settings: RecordSettings,
): Promise<Result<OperationDone, Problem>> {
  const ws = await decisionWorkspace(draft, settings);
  const [record] = await ws.load([about.rec]);
  if (record === undefined) {
    return err(problem('identity.unknown-record', `No source record has the id ${about.rec}.`));
  }
  const members = (await ws.members(record.person)) ?? [];
  await ws.loadFacts(members);
  const others = about.from === undefined ? defaultOthers(ws, record, members) : [about.from];
  if (others.length === 0 || !others.every((id) => members.includes(id))) {
    return err(problem('identity.not-together', 'The two source records are not in one person.'));
  }
  for (const other of others) {
    const pair = await twoRecords(ws, { a: record.id, b: other });
    if (!pair.ok) return pair;
  }
  return ok(await sayDifferent(ws, record, others, actor));
}

/** Appends a clerk's `different` about a record and others, revoking what joins them, and draws the consequences. */
export async function sayDifferent(
  ws: Workspace,
  record: SourceRecord,
  others: readonly string[],
  actor: Actor,
): Promise<OperationDone> {
  await ws.loadFacts([record.id, ...others]);
  const { active } = standingOf(ws.assertions());
  for (const other of others) {
    const joining = active.filter((fact) => joins(fact) && pairName(fact.a, fact.b) === pairName(record.id, other));
    ws.assert({
      ...clerkFact(ws, actor),
      id: others.length === 1 ? ws.cause.id : sha256(ws.cause.id, other).slice(0, 32),
      a: record.id,
      b: other,
      verdict: 'different',
      ...revoking(joining.map(({ id }) => id)),
    });
  }
  return carryOut(ws, await ws.load([record.id, ...others]));
}

function defaultOthers(ws: Workspace, record: SourceRecord, members: readonly string[]): readonly string[] {
  const [lead] = members;
  if (lead !== undefined && lead !== record.id) return [lead];
  const facts = [...ws.assertions()].filter(joins);
  const tied = [...facts, ...ws.pairsOf(record.id).filter(({ verdict }) => verdict === 'link')];
  const ends = tied.flatMap(({ a, b }) => (a === record.id ? [b] : b === record.id ? [a] : []));
  return [...new Set(ends)].filter((id) => members.includes(id));
}
