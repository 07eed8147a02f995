/** What clustering reads of a source record. */
export interface ClusterRecord {
  readonly id: string;
  /** Valid resident ID numbers (or hashes of them). */
  readonly idNumbers: readonly string[];
}

/** Who says that two records are one human being, strongest first. */
type EdgeRank = 'human' | 'adt' | 'score';

/** A fact or a rule that joins two records. */
export interface ClusterEdge {
  readonly a: string;
  readonly b: string;
  readonly rank: EdgeRank;
  /** Higher is taken first within a rank. */
  readonly score: number;
  /**
   * Judged by G10: every automatic edge of rank `score` for both of its ends, an automatic edge of rank `adt` for the
   * record that points at the other (a report at the owner of its order). Facts of clerks and messages: not at all.
   */
  readonly pointers: readonly string[];
  /** The two ID numbers that a confirmed clerk's `same` names: the one exception of G9. */
  readonly confirmed?: readonly (readonly [string, string])[];
}

/** Two records that must not be in one person; forbids joins by edges of its own rank and below. */
export interface CannotLink {
  readonly a: string;
  readonly b: string;
  readonly rank: EdgeRank;
}

/** An edge that does not hold though nobody revoked it, and the guard that keeps it back. */
interface BlockedEdge {
  readonly edge: ClusterEdge;
  readonly guard: 'G9' | 'G10' | 'different';
}

/** The persons that follow from the records and what is known about them. */
export interface Clusters {
  /** Members of each person in the order of their ids; persons in the order of their first member. */
  readonly persons: readonly (readonly string[])[];
  readonly blocked: readonly BlockedEdge[];
}

const RANKS: Readonly<Record<EdgeRank, number>> = { human: 3, adt: 2, score: 1 };

/**
 * Persons as a function of records, edges and cannot-links, whatever the order of the arguments: edges are taken
 * human > ADT > score, then by score, then by ids; two components are joined unless a cannot-link or two valid
 * different resident IDs (G9) forbid it. A record whose automatic edges lead to records that nothing joins (G10) has
 * these edges put in review.
 */
export function cluster(
  records: readonly ClusterRecord[],
  edges: readonly ClusterEdge[],
  cannotLinks: readonly CannotLink[],
): Clusters {
  const known = new Set(records.map((record) => record.id));
  const usable = edges.filter((edge) => edge.a !== edge.b && known.has(edge.a) && known.has(edge.b)).sort(byStrength);
  const ambiguous = ambiguousEdges(usable, cannotLinks);
  const blocked: BlockedEdge[] = [];
  const components = new Components(records, cannotLinks, confirmedPairs(usable));
  for (const edge of usable) {
    if (ambiguous.has(edge)) {
      blocked.push({ edge, guard: 'G10' });
      continue;
    }
    const guard = components.join(edge);
    if (guard !== undefined) blocked.push({ edge, guard });
  }
  return { persons: components.list(), blocked };
}

interface Component {
  readonly members: string[];
  readonly idNumbers: Set<string>;
}

/** Disjoint components; small ones are moved into larger ones. */
class Components {
  readonly #of = new Map<string, Component>();
  readonly #cannot = new Map<string, Map<string, number>>();
  readonly #confirmed: ReadonlySet<string>;

  constructor(records: readonly ClusterRecord[], cannotLinks: readonly CannotLink[], confirmed: ReadonlySet<string>) {
    this.#confirmed = confirmed;
    for (const { id, idNumbers } of records) this.#of.set(id, { members: [id], idNumbers: new Set(idNumbers) });
    for (const { a, b, rank } of cannotLinks) {
      this.#forbid(a, b, RANKS[rank]);
      this.#forbid(b, a, RANKS[rank]);
    }
  }

  /** Joins the components of an edge; returns what forbids it. */
  join(edge: ClusterEdge): 'G9' | 'different' | undefined {
    const x = this.#of.get(edge.a);
    const y = this.#of.get(edge.b);
    if (x === undefined || y === undefined || x === y) return undefined;
    if (this.#forbidden(x, y, RANKS[edge.rank])) return 'different';
    if (!this.#idNumbersAgree(x, y)) return 'G9';
    const [small, large] = x.members.length < y.members.length ? [x, y] : [y, x];
    large.members.push(...small.members);
    for (const id of small.idNumbers) large.idNumbers.add(id);
    for (const member of small.members) this.#of.set(member, large);
    return undefined;
  }

  list(): readonly (readonly string[])[] {
    const unique = [...new Set(this.#of.values())];
    return unique.map(({ members }) => [...members].sort(byText)).sort((p, q) => byText(p[0] ?? '', q[0] ?? ''));
  }

  #forbid(a: string, b: string, rank: number): void {
    const of = this.#cannot.get(a) ?? new Map<string, number>();
    of.set(b, Math.max(rank, of.get(b) ?? 0));
    this.#cannot.set(a, of);
  }

  #forbidden(x: Component, y: Component, rank: number): boolean {
    const [small, large] = x.members.length < y.members.length ? [x, y] : [y, x];
    return small.members.some((member) =>
      [...(this.#cannot.get(member) ?? [])].some(([other, at]) => at >= rank && this.#of.get(other) === large),
    );
  }

  #idNumbersAgree(x: Component, y: Component): boolean {
    return [...x.idNumbers].every((p) => [...y.idNumbers].every((q) => p === q || this.#confirmed.has(pairName(p, q))));
  }
}

function confirmedPairs(edges: readonly ClusterEdge[]): ReadonlySet<string> {
  return new Set(edges.flatMap((edge) => (edge.confirmed ?? []).map(([p, q]) => pairName(p, q))));
}

/** G10, judged over all edges at once so that no order matters. */
function ambiguousEdges(edges: readonly ClusterEdge[], cannotLinks: readonly CannotLink[]): ReadonlySet<ClusterEdge> {
  const joined = new Set(edges.map((edge) => pairName(edge.a, edge.b)));
  for (const { a, b } of cannotLinks) joined.delete(pairName(a, b));
  const byPointer = new Map<string, ClusterEdge[]>();
  for (const edge of edges) {
    for (const pointer of edge.pointers) byPointer.set(pointer, [...(byPointer.get(pointer) ?? []), edge]);
  }
  const found = new Set<ClusterEdge>();
  for (const [pointer, own] of byPointer) {
    for (const edge of own) {
      const end = farEnd(edge, pointer);
      const strangers = own.filter((other) => {
        const otherEnd = farEnd(other, pointer);
        return otherEnd !== end && other.rank === edge.rank && !joined.has(pairName(end, otherEnd));
      });
      if (strangers.length > 0) found.add(edge);
    }
  }
  return found;
}

const farEnd = (edge: ClusterEdge, from: string): string => (edge.a === from ? edge.b : edge.a);

const pairName = (p: string, q: string): string => (p < q ? `${p}\u0000${q}` : `${q}\u0000${p}`);

function byStrength(x: ClusterEdge, y: ClusterEdge): number {
  const rank = RANKS[y.rank] - RANKS[x.rank];
  if (rank !== 0) return rank;
  return y.score - x.score || byText(pairName(x.a, x.b), pairName(y.a, y.b));
}

const byText = (p: string, q: string): number => (p < q ? -1 : p > q ? 1 : 0);
