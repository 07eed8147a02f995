import type { Entry, MapNode, Node } from './node.ts';
import { itemsOf } from './node.ts';

/** How many levels of maps an overlay goes into before it replaces whole values: resources, a resource, its `set`. */
const MERGED: ReadonlySet<string> = new Set([
  'resources',
  'set',
  'fill',
  'write',
  'header',
  'directives',
  'segments',
  'defaults',
  'codes',
]);

function isMerged(key: string, path: readonly string[]): boolean {
  if (MERGED.has(key)) return true;
  const parent = path.at(-1);
  // Rule sets of segments and groups on the way out, also those inside a group.
  if (parent === 'write') return true;
  return path.length === 1 && (parent === 'resources' || parent === 'directives');
}

function append(base: Node | undefined, over: Node): Node {
  const items = [...itemsOf(base), ...itemsOf(over)];
  return { kind: 'list', at: over.at, items };
}

function put(entries: Map<string, Entry>, entry: Entry): void {
  entries.set(entry.key, entry);
}

/** What was laid before, so that the same part is the same node in every message that includes it. */
const laid = new WeakMap<MapNode, WeakMap<MapNode, MapNode>>();

/**
 * Lays an overlay over a base: `key:` replaces, `key+:` adds to a list, `key-:` removes; maps of resources and their
 * `set` are merged by name.
 */
export function overlay(base: MapNode, over: MapNode, path: readonly string[] = []): MapNode {
  let ofBase = laid.get(base);
  if (ofBase === undefined) laid.set(base, (ofBase = new WeakMap()));
  let node = ofBase.get(over);
  if (node === undefined) ofBase.set(over, (node = lay(base, over, path)));
  return node;
}

/** `name+` adds, `name-` removes. */
function markOf(key: string): { readonly name: string; readonly mark: string } {
  const mark = key.slice(-1);
  return mark === '+' || mark === '-' ? { name: key.slice(0, -1), mark } : { name: key, mark: '' };
}

function lay(base: MapNode, over: MapNode, path: readonly string[]): MapNode {
  const entries = new Map<string, Entry>(base.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const { name, mark } = markOf(entry.key);
    const known = entries.get(name);
    if (mark === '-') {
      entries.delete(name);
    } else if (mark === '+') {
      put(entries, { key: name, at: known?.at ?? entry.at, value: append(known?.value, entry.value) });
    } else if (known?.value.kind === 'map' && entry.value.kind === 'map' && isMerged(name, path)) {
      put(entries, { ...entry, value: overlay(known.value, entry.value, [...path, name]) });
    } else {
      put(entries, { ...entry, value: cleaned(entry.value, name, path) });
    }
  }
  return { kind: 'map', at: over.at, entries: [...entries.values()] };
}

const EMPTY: MapNode = { kind: 'map', at: {}, entries: [] };

/** A map without a base still loses the marks of its keys. */
function cleaned(value: Node, name: string, path: readonly string[]): Node {
  if (value.kind !== 'map' || !isMerged(name, path)) return value;
  return overlay(EMPTY, value, [...path, name]);
}

/** Joins the parts that a mapping includes; names of later parts win. */
export function joinMaps(maps: readonly MapNode[], at: MapNode['at']): MapNode {
  return maps.reduce((joined, map) => overlay(joined, map), { kind: 'map', at, entries: [] });
}

/** Several texts in one: `MSH-1..21 EVN-1`. */
function words(node: Node): readonly Node[] {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.includes(' ')) return [node];
  return node.value.split(/\s+/u).map((value) => ({ ...node, value }));
}

/** The map with one of its lists of words made of the lists that all these maps have under that key. */
export function addUp(map: MapNode, key: string, of: readonly MapNode[]): MapNode {
  const found = of.flatMap(({ entries }) => entries.filter((entry) => entry.key === key));
  const [first] = found;
  if (first === undefined) return map;
  const value: Node = {
    kind: 'list',
    at: first.at,
    items: found.flatMap((entry) => itemsOf(entry.value)).flatMap(words),
  };
  return { ...map, entries: [...map.entries.filter((entry) => entry.key !== key), { ...first, value }] };
}
