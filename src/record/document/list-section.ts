import { PROVENANCES, type Fact, type Provenance } from './fact.ts';

/** An entry of a list of the document; `p` shows where it comes from, one provenance for each resource up to five. */
export interface Entry {
  readonly p: readonly Provenance[];
}

/** How resources of some types become a bounded list. */
export interface ListSection<E extends Entry> {
  readonly types: readonly string[];
  /** The entry that one resource makes; undefined where it belongs on no list (entered in error). */
  readonly entry: (fact: Fact) => E | undefined;
  /** What entries have in common that are shown as one; absent: each resource is an entry of its own. */
  readonly group?: (entry: E) => string;
  /** One entry for several of a group, newest event first. */
  readonly combine?: (entries: readonly E[]) => E;
  /** Order of the list; ties are broken by resource. */
  readonly compare: (a: E, b: E) => number;
  /** How many are shown; where `isCurrent` is given, of current ones first and then of the others. */
  readonly limit: number;
  readonly isCurrent?: (entry: E) => boolean;
  readonly pastLimit?: number;
}

/** A list that may be cut: `n` says how many there are. */
export interface BoundedList<E> {
  readonly n: number;
  readonly list: readonly E[];
}

/** A resource before and after one message, as a section sees it. */
export interface FactChange {
  readonly before?: Fact;
  readonly after?: Fact;
}

/** Makes the list from all resources of its types. */
export function buildList<E extends Entry>(section: ListSection<E>, facts: readonly Fact[]): BoundedList<E> {
  const entries = facts.flatMap((fact) => {
    const entry = section.types.includes(fact.resource.resourceType) ? section.entry(fact) : undefined;
    return entry === undefined ? [] : [{ entry, at: fact.at }];
  });
  const groups = new Map<string, { entry: E; at: number }[]>();
  for (const one of entries) {
    const key = keyOf(section, one.entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const combined = [...groups.values()].flatMap((group) =>
    group[0] === undefined ? [] : [combineGroup(section, group, group[0].entry)],
  );
  return cut(section, combined, combined.length);
}

/**
 * The list after one change, from the list before it; undefined where that does not say enough (a cut list lost an
 * entry, a group of several resources changed) and the list must be built from its resources.
 * Equal to `buildList` over all resources wherever it answers.
 */
export function updateList<E extends Entry>(
  section: ListSection<E>,
  stored: BoundedList<E>,
  change: FactChange,
): BoundedList<E> | undefined {
  const before = change.before === undefined ? undefined : section.entry(change.before);
  const after = change.after === undefined ? undefined : section.entry(change.after);
  if (after === undefined) return before === undefined ? stored : remove(section, stored, before);
  if (before === undefined) return add(section, stored, after);
  return keyOf(section, before) === keyOf(section, after) ? replace(section, stored, after) : undefined;
}

function add<E extends Entry>(section: ListSection<E>, stored: BoundedList<E>, entry: E): BoundedList<E> | undefined {
  if (section.group !== undefined) {
    const key = keyOf(section, entry);
    const known = stored.list.some((one) => keyOf(section, one) === key);
    if (known || stored.n > stored.list.length) return undefined;
  }
  return cut(section, [...stored.list, entry], stored.n + 1);
}

function remove<E extends Entry>(
  section: ListSection<E>,
  stored: BoundedList<E>,
  entry: E,
): BoundedList<E> | undefined {
  const index = indexOf(section, stored, entry);
  if (index === undefined || stored.n > stored.list.length) return undefined;
  return cut(section, stored.list.toSpliced(index, 1), stored.n - 1);
}

function replace<E extends Entry>(
  section: ListSection<E>,
  stored: BoundedList<E>,
  entry: E,
): BoundedList<E> | undefined {
  const index = indexOf(section, stored, entry);
  const old = index === undefined ? undefined : stored.list[index];
  const isCut = stored.n > stored.list.length;
  if (index === undefined || old === undefined) {
    return isCut && section.group === undefined ? cut(section, [...stored.list, entry], stored.n) : undefined;
  }
  // In a cut list an entry that sinks may have to make room for one that is not here.
  if (isCut && (compareEntries(section, entry, old) > 0 || currentOf(section, old) !== currentOf(section, entry))) {
    return undefined;
  }
  return cut(section, stored.list.with(index, entry), stored.n);
}

/** Place of the one resource's entry; undefined where it is not shown or stands for several resources. */
function indexOf<E extends Entry>(section: ListSection<E>, stored: BoundedList<E>, entry: E): number | undefined {
  const key = keyOf(section, entry);
  const index = stored.list.findIndex((one) => keyOf(section, one) === key);
  const found = stored.list[index];
  if (found === undefined) return undefined;
  return found.p.length === 1 && found.p[0]?.[1] === entry.p[0]?.[1] ? index : undefined;
}

function keyOf<E extends Entry>(section: ListSection<E>, entry: E): string {
  return section.group === undefined ? (entry.p[0]?.[1] ?? '') : section.group(entry);
}

function combineGroup<E extends Entry>(
  section: ListSection<E>,
  group: readonly { readonly entry: E; readonly at: number }[],
  first: E,
): E {
  if (group.length === 1) return first;
  const sorted = group.toSorted((a, b) => b.at - a.at || compareText(refOf(a.entry), refOf(b.entry)));
  const entries = sorted.map(({ entry }) => entry);
  const [newest] = section.combine === undefined ? entries : [section.combine(entries)];
  return { ...(newest ?? first), p: entries.flatMap(({ p }) => p).slice(0, PROVENANCES) };
}

function cut<E extends Entry>(section: ListSection<E>, entries: readonly E[], n: number): BoundedList<E> {
  const sorted = entries.toSorted((a, b) => compareEntries(section, a, b));
  if (section.isCurrent === undefined) return { n, list: sorted.slice(0, section.limit) };
  const current = sorted.filter((entry) => currentOf(section, entry)).slice(0, section.limit);
  const past = sorted.filter((entry) => !currentOf(section, entry)).slice(0, section.pastLimit ?? 0);
  return { n, list: [...current, ...past] };
}

function currentOf<E extends Entry>(section: ListSection<E>, entry: E): boolean {
  return section.isCurrent === undefined || section.isCurrent(entry);
}

function compareEntries<E extends Entry>(section: ListSection<E>, a: E, b: E): number {
  return section.compare(a, b) || compareText(refOf(a), refOf(b));
}

const refOf = (entry: Entry): string => entry.p[0]?.[1] ?? '';

/** Order by code unit: the same on every machine. */
export function compareText(a: string | undefined, b: string | undefined): number {
  const left = a ?? '';
  const right = b ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}
