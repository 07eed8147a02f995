import { problem, type Problem } from '../core/problem.ts';
import type { Segment } from './message.ts';
import { OpenGroup } from './open-group.ts';
import { prepareStructure } from './structure-parts.ts';
import type { MatchStructure } from './structure.ts';

/**
 * Lays a message over its structure (see `MatchStructure`). For each segment, in this order:
 * 1. the next legal place, looked for from the innermost open group outwards, a repeating group opened anew if need be;
 * 2. the nearest group that may hold it at all, with `hl7.segment-misplaced`;
 * 3. the group of the segment before it, if the structure does not know it (Z segments and foreign ones, no warning).
 * Required segments and groups that are missing are warned of as `hl7.segment-missing`.
 */
export const matchStructure: MatchStructure = (message, structure) => {
  const root = new OpenGroup(prepareStructure(structure), 0);
  const warnings: Problem[] = [];
  const seen = new Map<string, number>();
  let open = root;
  let before = root;
  for (const segment of message.segments) {
    const nth = (seen.get(segment.name) ?? 0) + 1;
    seen.set(segment.name, nth);
    const legal = root.part.holds.has(segment.name) ? placeInOrder(open, segment) : undefined;
    if (legal !== undefined) {
      open = legal;
      before = legal;
    } else if (root.part.holds.has(segment.name)) {
      warnings.push(misplaced(segment.name, nth));
      const place = placeAnywhere(open, segment);
      before = place.group;
      if (place.forward) open = place.group;
    } else {
      before.segments.push(segment);
    }
  }
  reportMissing(root, warnings);
  return { root, warnings };
};

/** The next legal place from the innermost open group outwards; answers the group that took the segment. */
function placeInOrder(open: OpenGroup, segment: Segment): OpenGroup | undefined {
  for (let group: OpenGroup | undefined = open; group !== undefined; group = group.parent) {
    const taken = placeFrom(group, segment);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

function placeFrom(group: OpenGroup, segment: Segment): OpenGroup | undefined {
  const { parts } = group.part;
  for (let at = Math.max(group.position, 0); at < parts.length; at += 1) {
    const part = parts[at];
    if (part === undefined || !group.hasRoom(at)) continue;
    if (part.kind === 'segment' && part.name === segment.name) {
      group.position = at;
      group.put(at, segment);
      return group;
    }
    if (part.kind === 'group' && part.starts.has(segment.name)) {
      group.position = at;
      return placeFrom(group.open(at, part), segment);
    }
  }
  return undefined;
}

interface Place {
  readonly group: OpenGroup;
  /** The place lies ahead of what was matched last, so that what follows belongs there too. */
  readonly forward: boolean;
}

/** The nearest group that may hold the segment, whatever its order and number; the outermost holds every known one. */
function placeAnywhere(open: OpenGroup, segment: Segment): Place {
  let group = open;
  while (!group.part.holds.has(segment.name) && group.parent !== undefined) group = group.parent;
  let forward = true;
  for (;;) {
    const direct = group.part.parts.findIndex((part) => part.kind === 'segment' && part.name === segment.name);
    if (direct >= 0) {
      forward &&= direct > group.position;
      if (forward) group.position = direct;
      group.put(direct, segment);
      return { group, forward };
    }
    const at = group.part.parts.findIndex((part) => part.kind === 'group' && part.holds.has(segment.name));
    const part = group.part.parts[at];
    if (part?.kind !== 'group') return { group, forward: false };
    forward &&= at >= group.position;
    if (forward) group.position = at;
    group = group.latest(part.name) ?? group.open(at, part);
  }
}

function misplaced(name: string, nth: number): Problem {
  return problem('hl7.segment-misplaced', `${name} does not stand where the structure has it`, {
    path: address(name, nth),
  });
}

function address(name: string, nth: number): string {
  return nth === 1 ? name : `${name}[${nth}]`;
}

function reportMissing(group: OpenGroup, warnings: Problem[]): void {
  group.part.parts.forEach((part, at) => {
    if (!part.required || (group.counts[at] ?? 0) > 0) return;
    const message = `${group.name} lacks its ${part.kind} ${part.name}`;
    warnings.push(problem('hl7.segment-missing', message, part.kind === 'segment' ? { path: part.name } : undefined));
  });
  for (const inner of group.groups) reportMissing(inner, warnings);
}
