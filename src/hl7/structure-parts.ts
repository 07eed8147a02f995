import type { Structure, StructurePart } from './structure.ts';

/** A segment's place in a group, ready for matching. */
interface SegmentPart {
  readonly kind: 'segment';
  readonly name: string;
  readonly required: boolean;
  readonly max: number;
}

/** A group, with what it can begin with and what it can hold at any depth. */
export interface GroupPart {
  readonly kind: 'group';
  readonly name: string;
  readonly required: boolean;
  readonly max: number;
  readonly parts: readonly (SegmentPart | GroupPart)[];
  readonly starts: ReadonlySet<string>;
  readonly holds: ReadonlySet<string>;
}

const prepared = new WeakMap<Structure, GroupPart>();

/** The structure as one group, with its look-ups computed once. */
export function prepareStructure(structure: Structure): GroupPart {
  let root = prepared.get(structure);
  if (root === undefined) {
    root = prepareGroup(structure.id, { min: 1, max: 1, parts: structure.parts });
    prepared.set(structure, root);
  }
  return root;
}

function prepareGroup(
  name: string,
  spec: { readonly min: 0 | 1; readonly max?: number; readonly parts: readonly StructurePart[] },
): GroupPart {
  const parts = spec.parts.map(prepare);
  const holds = new Set(parts.flatMap((part) => (part.kind === 'segment' ? [part.name] : [...part.holds])));
  const required = spec.min === 1;
  return { kind: 'group', name, required, max: spec.max ?? Infinity, parts, starts: startsOf(parts), holds };
}

function prepare(part: StructurePart): SegmentPart | GroupPart {
  if ('group' in part) return prepareGroup(part.group, part);
  return { kind: 'segment', name: part.segment, required: part.min === 1, max: part.max ?? Infinity };
}

/** Segments that can come first: those of every part up to and with the first required one. */
function startsOf(parts: readonly (SegmentPart | GroupPart)[]): ReadonlySet<string> {
  const starts = new Set<string>();
  for (const part of parts) {
    for (const name of part.kind === 'segment' ? [part.name] : part.starts) starts.add(name);
    if (part.required) break;
  }
  return starts;
}
