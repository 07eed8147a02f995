import type { Assertion } from './fact-rows.ts';

/** What stands about two source records: the strongest, then latest, assertion that nobody revoked. */
export interface Standing {
  /** Every assertion that is not revoked. */
  readonly active: readonly Assertion[];
  /** By pair (`a\0b`, sorted): the one that decides. */
  readonly deciding: ReadonlyMap<string, Assertion>;
}

/** Name of a pair, whatever the order. */
export const pairName = (a: string, b: string): string => (a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`);

/** Which assertions hold: human beats ADT, later beats earlier at the same rank; a revoked revocation counts for nothing. */
export function standingOf(assertions: Iterable<Assertion>): Standing {
  const newestFirst = [...assertions].sort((x, y) => -compareAge(x, y));
  const revoked = new Set<string>();
  const active: Assertion[] = [];
  for (const assertion of newestFirst) {
    if (revoked.has(assertion.id)) continue;
    for (const id of assertion.revokes ?? []) revoked.add(id);
    active.push(assertion);
  }
  const deciding = new Map<string, Assertion>();
  for (const by of ['clerk', 'adt'] as const) {
    for (const assertion of active) {
      const name = pairName(assertion.a, assertion.b);
      if (assertion.by === by && assertion.verdict !== 'revoke' && !deciding.has(name)) deciding.set(name, assertion);
    }
  }
  return { active, deciding };
}

/** Whether an assertion joins its two records. */
export const joins = (assertion: Assertion): boolean => assertion.verdict === 'same' || assertion.verdict === 'move';

function compareAge(x: Assertion, y: Assertion): number {
  if (x.at !== y.at) return x.at < y.at ? -1 : 1;
  return x.sequence - y.sequence || (x.id < y.id ? -1 : 1);
}
