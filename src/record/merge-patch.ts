import { isObject } from '../fhir/json.ts';
import type { ElementNews, FhirResource, ResourcePatch } from '../fhir/patch.ts';
import { authority, outranks, type OwnershipFacts } from './authority.ts';
import { elementKey } from './element-key.ts';
import { sameJson } from './json.ts';
import { firstNews, newsValue } from './first-news.ts';
import { mergeUnits, unitsOf } from './merge-units.ts';
import { creatorOf, sameStamp, type Note, type Stamp, type UnitNote } from './note.ts';
import { pastStates, type Old } from './past-states.ts';
import { movesBack } from './status-order.ts';
import { tiedTo } from './tied-elements.ts';

/** When and by whom the news is, and who owns what. */
export interface MergeFacts {
  readonly at: Date;
  readonly sequence: number;
  readonly source: string;
  /** By source name: the namespaces that it alone may change. */
  readonly sources: Readonly<Record<string, { readonly owns: readonly string[] }>>;
  /** What this same message set before and no longer says is removed. */
  readonly replay?: boolean;
  /** Every patch of the message, where it is replayed: several may speak of one resource. */
  readonly patches?: readonly ResourcePatch[];
}

/** A resource after the news, without the parts of `meta` that the server sets. */
export interface Merged {
  readonly resource: FhirResource;
  readonly note: Note;
  /** False where the resource says what it said before: nothing is to be written then. */
  readonly changed: boolean;
}

/** Elements, their stamps and units while a patch is laid over them. */
interface Work {
  readonly type: string;
  readonly elements: Map<string, unknown>;
  /** By element key; present for every element that is set or was deleted. */
  readonly stamps: Map<string, Stamp>;
  readonly units: Map<string, readonly UnitNote[]>;
}

/**
 * Lays the news of one message over a resource, element by element (DESIGN section 3, news order):
 * absent elements stay, `delete` removes, a value replaces whole, units replace their own entries.
 * Late news fills what nothing newer set and never moves a status back; in an owned namespace only the owner changes
 * what it has set; a stub never overrides; `replace` (REST PUT) also removes what is not named.
 */
export function mergePatch(
  stored: FhirResource | undefined,
  note: Note | undefined,
  patch: ResourcePatch,
  facts: MergeFacts,
): Merged {
  if (stored === undefined && note === undefined) {
    const first = firstNews(patch, stampOf(patch, facts));
    if (first !== undefined) return { ...first, changed: true };
  }
  return mergeOver(stored, note, patch, facts);
}

/** `mergePatch` for whatever is there and is said. */
export function mergeOver(
  stored: FhirResource | undefined,
  note: Note | undefined,
  patch: ResourcePatch,
  facts: MergeFacts,
): Merged {
  const before = stored === undefined ? undefined : contentOf(stored);
  const base: Work = startWork(patch.type, before, note);
  const namespace = note?.namespace ?? patch.key?.namespace;
  const stamp = stampOf(patch, facts);
  const mayReplace = (old: Stamp | undefined): boolean =>
    patch.replace === true || outranks(stamp, old, ownership(namespace, facts));
  const gapsOnly = isOvertaken(base, note, patch, stamp);
  const allowed = gapsOnly ? (old: Stamp | undefined) => old === undefined : mayReplace;

  const groups = groupByKey(patch);
  clearUnnamed(base, groups, { patch, facts, stamp });
  const judge: Judge = { stamp, allowed };
  for (const key of withdrawn(base, groups, judge)) groups.set(key, [[key, { kind: 'delete' }]]);
  for (const [key, news] of groups) applyGroup(base, key, news, judge);
  settle(base, patch, judge);
  keepPast(base, { before, note }, { patch, stamp });

  const resource = assemble(patch, base);
  return {
    resource,
    note: compact(base, { previous: note, stamp, namespace }),
    changed: before === undefined || note?.deleted === true || !sameJson(before, resource),
  };
}

/** A resource without what only the server sets: `meta.versionId`, `meta.lastUpdated`, `meta.source`. */
export function contentOf(resource: FhirResource): FhirResource {
  const { meta, ...others } = resource as FhirResource & { readonly meta?: unknown };
  if (!isObject(meta)) return resource;
  const rest = Object.entries(meta).filter(([name]) => !SERVER_META.has(name));
  return rest.length === 0 ? others : { ...others, meta: Object.fromEntries(rest) };
}

const SERVER_META: ReadonlySet<string> = new Set(['versionId', 'lastUpdated', 'source']);

function stampOf(patch: ResourcePatch, facts: MergeFacts): Stamp {
  const base = [facts.at.getTime(), facts.sequence, facts.source] as const;
  return patch.stub === true ? [...base, 1] : base;
}

function ownership(namespace: string | undefined, facts: MergeFacts): OwnershipFacts {
  return authority(namespace, facts.sources);
}

const NEVER: Stamp = [0, 0, ''];

function startWork(type: string, before: FhirResource | undefined, note: Note | undefined): Work {
  const { row = NEVER, elements: named = {}, units: lists = {}, deleted } = note ?? {};
  const stamps = new Map<string, Stamp>(Object.entries(named));
  const units = new Map(Object.entries(lists));
  for (const [key, list] of units) stamps.set(key, newest(list.map((unit) => unit.stamp)) ?? NEVER);
  const present = before === undefined || deleted === true ? [] : Object.entries(before);
  const elements = new Map(present.filter(([name]) => name !== 'resourceType' && name !== 'id'));
  for (const name of elements.keys()) {
    const key = elementKey(type, name);
    if (!stamps.has(key)) stamps.set(key, row);
  }
  return { type, elements, stamps, units };
}

/** News older than the row whose status is behind the stored one is an overtaken view of the resource: it only fills gaps. */
function isOvertaken(work: Work, note: Note | undefined, patch: ResourcePatch, stamp: Stamp): boolean {
  if (note === undefined || patch.replace === true) return false;
  const late = stamp[0] < note.row[0] || (stamp[0] === note.row[0] && stamp[1] < note.row[1]);
  const status = patch.elements['status'];
  if (!late || status?.kind !== 'value') return false;
  return movesBack(patch.type, work.elements.get('status'), status.value);
}

/** Types of one choice and `_` siblings are news about one thing. */
function groupByKey(patch: ResourcePatch): Map<string, [string, ElementNews][]> {
  const groups = new Map<string, [string, ElementNews][]>();
  for (const [name, news] of Object.entries(patch.elements)) {
    if (name === 'resourceType' || name === 'id') continue;
    const key = elementKey(patch.type, name);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [[name, news]]);
    else group.push([name, news]);
  }
  return groups;
}

/** A PUT removes what it does not name, a replay what the message itself set before and no longer names. */
function clearUnnamed(
  work: Work,
  groups: ReadonlyMap<string, unknown>,
  { patch, facts, stamp }: { readonly patch: ResourcePatch; readonly facts: MergeFacts; readonly stamp: Stamp },
): void {
  if (patch.replace === true) removeUnnamed(work, groups, stamp);
  else if (facts.replay === true) retractUnnamed(work, namedBy(patch, facts), stamp);
}

function removeUnnamed(work: Work, groups: ReadonlyMap<string, unknown>, stamp: Stamp): void {
  for (const name of [...work.elements.keys()]) {
    const key = elementKey(work.type, name);
    if (groups.has(key)) continue;
    drop(work, key);
    work.stamps.set(key, stamp);
  }
}

/** Elements that the message names in any of its patches of the resource. */
function namedBy(patch: ResourcePatch, facts: MergeFacts): ReadonlyMap<string, [string, ElementNews][]> {
  const named = groupByKey(patch);
  for (const other of facts.patches ?? []) {
    if (other === patch || other.id !== patch.id || other.type !== patch.type) continue;
    for (const [key, news] of groupByKey(other)) named.set(key, [...(named.get(key) ?? []), ...news]);
  }
  return named;
}

/** Replay: what the same message set and no longer names is as if it had never been set. */
function retractUnnamed(work: Work, groups: ReadonlyMap<string, [string, ElementNews][]>, stamp: Stamp): void {
  for (const [key, old] of [...work.stamps]) {
    if (groups.has(key) || old[1] !== stamp[1] || old[2] !== stamp[2] || work.units.has(key)) continue;
    drop(work, key);
    work.stamps.delete(key);
  }
  for (const [key, units] of [...work.units]) {
    const named = groups.get(key)?.flatMap(([, news]) => (news.kind === 'entries' ? Object.keys(news.units) : []));
    const gone = units.filter(
      (unit) => unit.stamp[1] === stamp[1] && unit.stamp[2] === stamp[2] && named?.includes(unit.unit) !== true,
    );
    if (gone.length === 0) continue;
    const empty = Object.fromEntries(gone.map((unit) => [unit.unit, []]));
    setUnits(work, key, mergeUnits(work.elements.get(key), units, empty, { stamp, allowed: () => true }));
    const left = (work.units.get(key) ?? []).filter((unit) => !gone.some((g) => g.unit === unit.unit));
    if (left.length === 0) {
      work.units.delete(key);
      work.stamps.delete(key);
    } else work.units.set(key, left);
  }
}

/** Elements that the news does not name but takes back, as they belong to a value that it changes. */
function withdrawn(work: Work, groups: ReadonlyMap<string, [string, ElementNews][]>, judge: Judge): readonly string[] {
  return [...groups].flatMap(([key, news]) => {
    const tied = tiedTo(work.type, key).filter((name) => !groups.has(name));
    if (tied.length === 0 || !judge.allowed(work.stamps.get(key))) return [];
    const same = news.every(([name, one]) => one.kind === 'value' && sameJson(work.elements.get(name), one.value));
    return same ? [] : tied.filter((name) => work.elements.has(name) && judge.allowed(work.stamps.get(name)));
  });
}

function drop(work: Work, key: string): void {
  for (const name of [...work.elements.keys()]) {
    if (elementKey(work.type, name) === key) work.elements.delete(name);
  }
  work.units.delete(key);
}

interface Judge {
  readonly stamp: Stamp;
  readonly allowed: (old: Stamp | undefined) => boolean;
}

function applyGroup(work: Work, key: string, news: readonly [string, ElementNews][], judge: Judge): void {
  const [first] = news;
  if (first?.[1].kind === 'entries') {
    const units = unitsOf(work.elements.get(key), work.units.get(key), work.stamps.get(key));
    setUnits(work, key, mergeUnits(work.elements.get(key), units, first[1].units, judge));
    work.stamps.set(key, newest((work.units.get(key) ?? []).map((unit) => unit.stamp)) ?? judge.stamp);
    return;
  }
  if (!judge.allowed(work.stamps.get(key))) return;
  const values = news.map(([name, one]): [string, unknown] => [name, newsValue(one, work.elements.get(name))]);
  drop(work, key);
  for (const [name, value] of values) if (value !== undefined) work.elements.set(name, value);
  work.stamps.set(key, judge.stamp);
}

/** What the resource was until now, where R4 has lists of it and the news does not say them. */
function keepPast(
  work: Work,
  old: Old,
  { patch, stamp }: { readonly patch: ResourcePatch; readonly stamp: Stamp },
): void {
  if (patch.replace === true) return;
  for (const [name, list] of pastStates(work, old, stamp)) {
    if (patch.elements[name] !== undefined) continue;
    work.elements.set(name, list);
    // No message says it, so that none takes it back.
    work.stamps.set(name, NEVER);
  }
}

/** What was kept of the older values of fields that the message fills goes where nothing is left of the new ones. */
function settle(work: Work, { settled, elements }: ResourcePatch, judge: Judge): void {
  const known = work.units.get('extension');
  if (settled === undefined || known === undefined) return;
  const news = elements['extension'];
  const named = news?.kind === 'entries' ? news.units : {};
  const gone = known.filter(({ unit, count }) => count > 0 && settled.includes(unit) && !Object.hasOwn(named, unit));
  if (gone.length === 0) return;
  const empty = Object.fromEntries(gone.map(({ unit }) => [unit, []]));
  setUnits(work, 'extension', mergeUnits(work.elements.get('extension'), known, empty, judge));
}

function setUnits(
  work: Work,
  key: string,
  merged: { readonly list: readonly unknown[]; readonly units: readonly UnitNote[] },
): void {
  if (merged.list.length === 0) work.elements.delete(key);
  else work.elements.set(key, merged.list);
  work.units.set(key, merged.units);
}

function newest(stamps: readonly Stamp[]): Stamp | undefined {
  return stamps.reduce<Stamp | undefined>(
    (best, one) => (best === undefined || isNewer(one, best) ? one : best),
    undefined,
  );
}

const isNewer = (a: Stamp, b: Stamp): boolean => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

function assemble(patch: ResourcePatch, work: Work): FhirResource {
  const meta = work.elements.get('meta');
  const cleaned = isObject(meta) ? contentOf({ resourceType: patch.type, meta }) : undefined;
  const rest = [...work.elements].filter(([name]) => name !== 'meta');
  return {
    resourceType: patch.type,
    id: patch.id,
    ...(cleaned !== undefined && 'meta' in cleaned ? { meta: cleaned['meta'] } : {}),
    ...Object.fromEntries(rest),
  };
}

/** The note with only those stamps that differ from the row's, and deletions. */
function compact(
  work: Work,
  known: { readonly previous: Note | undefined; readonly stamp: Stamp; readonly namespace: string | undefined },
): Note {
  const { previous, stamp, namespace } = known;
  const creator = previous === undefined ? stamp[2] : creatorOf(previous);
  const row = previous === undefined || standsFor(stamp, previous.row) ? stamp : previous.row;
  const present = new Set([...work.elements.keys()].map((name) => elementKey(work.type, name)));
  const elements = [...work.stamps].filter(
    ([key, at]) => !work.units.has(key) && !(present.has(key) && sameStamp(at, row)),
  );
  return {
    row,
    ...(elements.length === 0 ? {} : { elements: Object.fromEntries(elements) }),
    ...(work.units.size === 0 ? {} : { units: Object.fromEntries(work.units) }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(creator === row[2] ? {} : { creator }),
    ...(previous?.values === undefined ? {} : { values: previous.values }),
  };
}

/** Whether the row is news of `stamp` from now on: newer, or what the same message says beyond a stub. */
function standsFor(stamp: Stamp, row: Stamp): boolean {
  if (isNewer(stamp, row)) return true;
  return row[3] === 1 && stamp[3] !== 1 && stamp[0] === row[0] && stamp[1] === row[1];
}
