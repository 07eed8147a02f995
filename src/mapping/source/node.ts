import type { Place } from '../../core/problem.ts';

/** One key of a map with its place. */
export interface Entry {
  readonly key: string;
  readonly at: Place;
  readonly value: Node;
}

/** A map of a mapping file. */
export interface MapNode {
  readonly kind: 'map';
  readonly at: Place;
  readonly entries: readonly Entry[];
}

/** A single value; `indent` is how far its text begins behind `at` (a quote). */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Place;
  readonly value: string | number | boolean | null;
  readonly indent: number;
}

/** What a YAML file holds, with the place of everything in it. */
export type Node =
  MapNode | ScalarNode | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Node[] };

/** The value under a key of a map. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}

/** The entries of a map; none for anything else. */
export const entriesOf = (node: Node | undefined): readonly Entry[] => (node?.kind === 'map' ? node.entries : []);

/** The items of a list, a single value as a list of one, nothing as none. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** A scalar as text; undefined for anything else. */
export function textAt(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

/** The scalars of a list as texts. */
export function textsAt(node: Node | undefined): readonly string[] {
  return itemsOf(node).flatMap((item) => textAt(item) ?? []);
}

/** Plain data without places, for a schema validator. */
export function plainOf(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainOf(value)]));
  }
}
