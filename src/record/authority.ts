import type { Stamp } from './note.ts';

/** Sources that own the namespace of a resource; empty where nobody has declared it. */
export type OwnershipFacts = ReadonlySet<string>;

const NOBODY: OwnershipFacts = new Set();
const CACHE = new WeakMap<object, Map<string, OwnershipFacts>>();

/** Who owns a namespace, by the configuration of sources; remembered, since every resource of every message asks. */
export function authority(
  namespace: string | undefined,
  sources: Readonly<Record<string, { readonly owns: readonly string[] }>>,
): OwnershipFacts {
  if (namespace === undefined) return NOBODY;
  let known = CACHE.get(sources);
  if (known === undefined) CACHE.set(sources, (known = new Map<string, OwnershipFacts>()));
  const found = known.get(namespace);
  if (found !== undefined) return found;
  const owners = new Set(Object.keys(sources).filter((name) => sources[name]?.owns.includes(namespace)));
  if (known.size < 10_000) known.set(namespace, owners);
  return owners;
}

/**
 * Whether news may replace what `old` set: nothing set yet; more authority (owner before others, stubs last);
 * or, with equal authority, not older.
 */
export function outranks(news: Stamp, old: Stamp | undefined, owners: OwnershipFacts): boolean {
  if (old === undefined) return true;
  const mine = rank(news, owners);
  const theirs = rank(old, owners);
  if (mine !== theirs) return mine > theirs;
  return news[0] > old[0] || (news[0] === old[0] && news[1] >= old[1]);
}

function rank(stamp: Stamp, owners: OwnershipFacts): number {
  if (stamp[3] === 1) return 0;
  return owners.has(stamp[2]) ? 2 : 1;
}
