import { cluster, type CannotLink, type ClusterEdge, type Clusters } from '../../identity/cluster.ts';
import { residentIds } from '../../identity/match-copy.ts';
import type { SourceRecord } from './contract.ts';
import type { Assertion, Pair } from './fact-rows.ts';
import { joins, pairName, standingOf, type Standing } from './standing.ts';
import type { Workspace } from './workspace.ts';

/** Everything that hangs together with some source records, and the persons that follow from it. */
export interface Scope {
  /** Records that are not deleted. */
  readonly records: readonly SourceRecord[];
  readonly standing: Standing;
  readonly clusters: Clusters;
}

/** Loads the records that links, assertions and persons tie to `seeds`, and clusters them. */
export async function scopeOf(ws: Workspace, seeds: Iterable<string>): Promise<Scope> {
  const seen = new Set<string>();
  let frontier = [...new Set(seeds)];
  while (frontier.length > 0) {
    for (const id of frontier) seen.add(id);
    const records = await ws.load(frontier);
    // Persons first, then facts: whoever adds a fact writes the persons' rows, so a fact that is missed is a conflict.
    const members = await membersOf(ws, records);
    await ws.loadFacts(frontier);
    const next = [...members, ...frontier.flatMap((id) => neighbours(ws, id))];
    frontier = [...new Set(next)].filter((id) => !seen.has(id));
  }
  const records = (await ws.load(seen)).filter((record) => record.state !== 'deleted');
  return { records, ...clusterOf(ws, records) };
}

async function membersOf(ws: Workspace, records: readonly SourceRecord[]): Promise<readonly string[]> {
  const persons = [...new Set(records.filter(({ id }) => ws.before(id) !== undefined).map(({ person }) => person))];
  await ws.draft.getMany('persons', persons);
  const lists = await Promise.all(persons.map((person) => ws.members(person)));
  return lists.flatMap((list) => list ?? []);
}

/** Other ends of what joins, blocked edges included: they may hold again. */
function neighbours(ws: Workspace, id: string): readonly string[] {
  const pairs = ws.pairsOf(id).filter((pair) => pair.verdict === 'link');
  const facts = [...ws.assertions()].filter((fact) => (fact.a === id || fact.b === id) && joins(fact));
  return [...pairs, ...facts].map(({ a, b }) => (a === id ? b : a));
}

function clusterOf(ws: Workspace, records: readonly SourceRecord[]): Pick<Scope, 'standing' | 'clusters'> {
  const known = new Set(records.map(({ id }) => id));
  const standing = standingOf(ws.assertions());
  const pairs = ws.pairs().filter((pair) => pair.verdict === 'link' && known.has(pair.a) && known.has(pair.b));
  const deciding = [...standing.deciding.values()].filter((fact) => known.has(fact.a) && known.has(fact.b));
  const edges = [...deciding.filter(joins).map(factEdge), ...pairs.map(pairEdge)];
  const cannot: CannotLink[] = deciding
    .filter((fact) => !joins(fact))
    .map(({ a, b, by }) => ({ a, b, rank: by === 'clerk' ? 'human' : 'adt' }));
  const plain = records.map(({ id, copy }) => ({ id, idNumbers: residentIds(copy) }));
  return { standing, clusters: cluster(plain, edges, cannot) };
}

/** The edge of an assertion. */
function factEdge(fact: Assertion): ClusterEdge {
  const confirmed = fact.idNumbers === undefined ? {} : { confirmed: fact.idNumbers };
  return { a: fact.a, b: fact.b, rank: fact.by === 'clerk' ? 'human' : 'adt', score: 1, pointers: [], ...confirmed };
}

function pairEdge(pair: Pair): ClusterEdge {
  const both = pair.rank === 'score' ? [pair.a, pair.b] : [];
  const pointers = pair.rank === 'adt' && pair.pointer !== undefined ? [pair.pointer] : both;
  return { a: pair.a, b: pair.b, rank: pair.rank, score: 0, pointers };
}

/** Whether an edge of the scope between two records is kept back by a guard; which one. */
export function blockedBy(scope: Scope, a: string, b: string): 'G9' | 'G10' | 'different' | undefined {
  const name = pairName(a, b);
  return scope.clusters.blocked.find(({ edge }) => pairName(edge.a, edge.b) === name)?.guard;
}
