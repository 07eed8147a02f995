import type { StructurePart } from '../../../hl7/structure.ts';
import type { Entry } from '../../source/node.ts';

/** Name of a part of a structure: a segment or a group. */
export const nameOf = (part: StructurePart): string => ('segment' in part ? part.segment : part.group);

/** The parts inside a group; none for a segment. */
export const partsOf = (part: StructurePart): readonly StructurePart[] => ('group' in part ? part.parts : []);

/** `OBX` of the key `OBX.conclusion`: several rule sets may write one segment or group. */
const placeName = (key: string): string => key.split('.')[0] ?? key;

/** How deep below these parts a name first stands; undefined where it does not. */
function depthOf(name: string, parts: readonly StructurePart[]): number | undefined {
  if (parts.some((part) => nameOf(part) === name)) return 0;
  const depths = parts.flatMap((part) => depthOf(name, partsOf(part)) ?? []);
  return depths.length === 0 ? undefined : 1 + Math.min(...depths);
}

/** The direct part through which a name is reached on the shortest way. */
function wayTo(name: string, parts: readonly StructurePart[]): StructurePart | undefined {
  const direct = parts.find((part) => nameOf(part) === name);
  if (direct !== undefined) return direct;
  let best: { readonly part: StructurePart; readonly depth: number } | undefined;
  for (const part of parts) {
    const depth = depthOf(name, partsOf(part));
    if (depth !== undefined && (best === undefined || depth < best.depth)) best = { part, depth };
  }
  return best?.part;
}

/** The rule sets of one part of a structure: its own, and those of what lies below it. */
export interface Placed {
  readonly part: StructurePart;
  readonly own: readonly Entry[];
  readonly below: readonly Entry[];
}

/** Sorts rule sets by the parts they belong to, in the order of the structure; `lost` are those without a place. */
export function place(
  entries: readonly Entry[],
  parts: readonly StructurePart[],
): { readonly placed: readonly Placed[]; readonly lost: readonly Entry[] } {
  const own = new Map<StructurePart, Entry[]>();
  const below = new Map<StructurePart, Entry[]>();
  const lost: Entry[] = [];
  for (const entry of entries) {
    const name = placeName(entry.key);
    const part = wayTo(name, parts);
    if (part === undefined) {
      lost.push(entry);
      continue;
    }
    const lists = nameOf(part) === name ? own : below;
    lists.set(part, [...(lists.get(part) ?? []), entry]);
  }
  return {
    placed: parts.map((part) => ({ part, own: own.get(part) ?? [], below: below.get(part) ?? [] })),
    lost,
  };
}

/** Every name of a structure. */
export function namesIn(parts: readonly StructurePart[]): readonly string[] {
  return parts.flatMap((part) => [nameOf(part), ...namesIn(partsOf(part))]);
}
