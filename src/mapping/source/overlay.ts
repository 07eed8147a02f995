import type { Entry, MapNode, Node } from './node.ts';
import { entriesOf, itemsOf } from './node.ts';

/** How many levels of maps an overlay goes into before it replaces whole values: resources, a resource, its `set`. */
const MERGED: ReadonlySet<string> = new Set([
  'resources',
  'set',
  'fill',
  'directives',
  'segments',
  'defaults',
  'codes',
]);

function isMerged(key: string, path: readonly string[]): boolean {
  if (MERGED.has(key)) return true;
  const parent = path.at(-1);
  return path.length === 1 && (parent === 'resources' || parent === 'directives');
}

function append(base: Node | undefined, over: Node): Node {
  const items = [...itemsOf(base), ...itemsOf(over)];
  return { kind: 'list', at: over.at, items };
}

function put(entries: Map<string, Entry>, entry: Entry): void {
  entries.set(entry.key, entry);
}

/**
 * Lays an overlay over a base: `key:` replaces, `key+:` adds to a list, `key-:` removes; maps of resources and their
 * `set` are merged by name.
 */
export function overlay(base: MapNode, over: MapNode, path: readonly string[] = []): MapNode {
  const entries = new Map<string, Entry>(base.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const mark = entry.key.slice(-1);
    const name = mark === '+' || mark === '-' ? entry.key.slice(0, -1) : entry.key;
    const known = entries.get(name);
    if (mark === '-') {
      entries.delete(name);
    } else if (mark === '+') {
      put(entries, { key: name, at: entry.at, value: append(known?.value, entry.value) });
    } else if (known?.value.kind === 'map' && entry.value.kind === 'map' && isMerged(name, path)) {
      put(entries, { ...entry, value: overlay(known.value, entry.value, [...path, name]) });
    } else {
      put(entries, { ...entry, value: cleaned(entry.value, name, path) });
    }
  }
  return { kind: 'map', at: over.at, entries: [...entries.values()] };
}

/** A map without a base still loses the marks of its keys. */
function cleaned(value: Node, name: string, path: readonly string[]): Node {
  if (value.kind !== 'map' || !isMerged(name, path)) return value;
  return overlay({ kind: 'map', at: value.at, entries: [] }, value, [...path, name]);
}

/** Joins the parts that a mapping includes; names of later parts win. */
export function joinMaps(maps: readonly MapNode[], at: MapNode['at']): MapNode {
  const empty: MapNode = { kind: 'map', at, entries: [] };
  return maps.reduce((joined, map) => overlay(joined, { ...map, entries: entriesOf(map) }), empty);
}
