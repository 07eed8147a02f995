import { blockedBy, scopeOf, type Scope } from './component.ts';
import type { PersonChange, SourceRecord, SourceState } from './contract.ts';
import type { Assertion } from './fact-rows.ts';
import { syncReviews } from './match-reviews.ts';
import { joins, pairName } from './standing.ts';
import type { Workspace } from './workspace.ts';

/** What became of the persons. */
export interface Settled {
  readonly persons: readonly PersonChange[];
  /** Persons that may be shown differently. */
  readonly touched: readonly string[];
}

/**
 * Makes persons, states and reviews what they are as a function of the records and facts around `seeds`, and puts
 * everything that the workspace holds into the draft.
 */
export async function settle(ws: Workspace, seeds: Iterable<string>): Promise<Settled> {
  const start = [...new Set([...seeds, ...ws.changedEnds()])];
  const scope = await scopeOf(ws, start);
  setStates(ws, scope);
  const lists = scope.clusters.persons.map((members) => ordered(members.flatMap((id) => ws.record(id) ?? [])));
  const persons = await setPersons(ws, lists, start);
  await syncReviews(ws, scope);
  ws.flush(scope.records.length > 1 ? scope.records.map(({ id }) => id) : []);
  const changed = ws.changes().map(({ after }) => after.person);
  const ids = new Set([...persons.filter(({ after }) => after.length > 0).map(({ id }) => id), ...changed]);
  return { persons, touched: [...ids].filter((id) => lists.some(([lead]) => lead?.id === id)) };
}

/** Members in the order that makes the first one lead: oldest live first; by first arrival, then id. */
function ordered(records: readonly SourceRecord[]): readonly SourceRecord[] {
  return [...records].sort(
    (x, y) =>
      Number(y.state === 'live') - Number(x.state === 'live') ||
      (x.firstAt === y.firstAt ? 0 : x.firstAt < y.firstAt ? -1 : 1) ||
      (x.id < y.id ? -1 : 1),
  );
}

/** A record is retired while an ADT merge of it stands, is not overruled and not kept back by a guard. */
function setStates(ws: Workspace, scope: Scope): void {
  const merges = scope.standing.active.filter((fact) => fact.retires === true && applies(scope, fact));
  for (const { id } of scope.records) {
    const record = ws.record(id);
    if (record === undefined) continue;
    const merge = merges.find((fact) => fact.a === id);
    const state: SourceState = merge === undefined ? 'live' : 'retired';
    if (record.state === state && record.into === merge?.b) continue;
    ws.set(merge === undefined ? alive(record) : { ...record, state, into: merge.b });
  }
}

function alive(record: SourceRecord): SourceRecord {
  const rest = Object.entries({ ...record, state: 'live' as const }).filter(([name]) => name !== 'into');
  return Object.fromEntries(rest) as unknown as SourceRecord;
}

function applies(scope: Scope, fact: Assertion): boolean {
  const deciding = scope.standing.deciding.get(pairName(fact.a, fact.b));
  return deciding !== undefined && joins(deciding) && blockedBy(scope, fact.a, fact.b) === undefined;
}

/** Writes the persons' rows and the records' person; a person whose facts changed is written even if it stays the same. */
async function setPersons(
  ws: Workspace,
  lists: readonly (readonly SourceRecord[])[],
  start: readonly string[],
): Promise<readonly PersonChange[]> {
  const before = await personsBefore(ws, lists.flat(), start);
  const after = new Map(lists.map((list) => [list[0]?.id ?? '', list.map(({ id }) => id)]));
  const ends = ws.changedEnds();
  for (const [id, members] of after) {
    for (const member of members) {
      const record = ws.record(member);
      if (record !== undefined && record.person !== id) ws.set({ ...record, person: id });
    }
    const old = before.get(id);
    if (old === undefined || !sameList(old, members) || members.some((member) => ends.has(member))) {
      ws.draft.put({ collection: 'persons', id, body: JSON.stringify({ members }) });
    } else if (lists.length > 1) ws.draft.expect('persons', id);
  }
  for (const id of before.keys()) if (!after.has(id)) ws.draft.delete('persons', id);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((id) => ({ id, before: before.get(id) ?? [], after: after.get(id) ?? [] }))
    .filter((change) => !sameList(change.before, change.after));
}

/** Persons that the records were in, deleted records included. Rows that contradict each other were read at different times: the commit is made to fail. */
async function personsBefore(
  ws: Workspace,
  records: readonly SourceRecord[],
  start: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = new Set([...records.map(({ id }) => id), ...start]);
  const found = new Map<string, readonly string[]>();
  for (const id of ids) {
    const old = ws.before(id);
    if (old === undefined || old.state === 'deleted') continue;
    const members = found.get(old.person) ?? (await ws.members(old.person));
    if (members?.includes(id) === true) found.set(old.person, members);
    else await forceConflict(ws, id, old.person);
  }
  return found;
}

async function forceConflict(ws: Workspace, id: string, person: string): Promise<void> {
  ws.draft.expect('sources', id);
  if ((await ws.draft.get('persons', person)) !== undefined) ws.draft.expect('persons', person);
}

function sameList(x: readonly string[], y: readonly string[]): boolean {
  return x.length === y.length && x.every((entry, index) => entry === y[index]);
}
