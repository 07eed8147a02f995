import type { Segment } from '../../hl7/message.ts';
import { segmentName } from '../../hl7/segment.ts';
import type { GroupInstance, Structure, StructurePart } from '../../hl7/structure.ts';
import { climb } from '../run/instances.ts';

/** A group of a message structure as the compiler sees it. */
export interface StructureGroup {
  readonly name: string;
  readonly parent?: StructureGroup;
  readonly repeats: boolean;
  /** Segments directly in it, with whether they repeat. */
  readonly segments: ReadonlyMap<string, boolean>;
  readonly groups: readonly StructureGroup[];
}

type Building = Omit<StructureGroup, 'segments' | 'groups'> & {
  readonly segments: Map<string, boolean>;
  readonly groups: StructureGroup[];
};

function build(
  name: string,
  parts: readonly StructurePart[],
  place: { parent?: StructureGroup; repeats: boolean },
): StructureGroup {
  const group: Building = { name, ...place, segments: new Map(), groups: [] };
  for (const part of parts) {
    const repeats = part.max !== 1;
    if ('segment' in part) group.segments.set(part.segment, repeats || group.segments.has(part.segment));
    else group.groups.push(build(part.group, part.parts, { parent: group, repeats }));
  }
  return group;
}

/** The groups of a structure as a tree with parents. */
export function structureTree(structure: Structure): StructureGroup {
  return build(structure.id, structure.parts, { repeats: false });
}

/** Steps up to the outermost group, from wherever: equal in all messages, however deep a rule set stands there. */
export const TO_OUTERMOST = Infinity;

/** How to get from a group of a message to another place: so many parents up, then these groups down. */
export interface Way {
  /** At most to the outermost group. */
  readonly up: number;
  readonly down: readonly string[];
  /** True where several groups or segments may be found. */
  readonly many: boolean;
}

/** A way in a structure, and the group at its end. */
interface Found {
  readonly way: Way;
  readonly group: StructureGroup;
}

/** One object for each way, so that equal ways of different structures are the same. */
const ways = new Map<string, Way>();

function wayOf(up: number, down: readonly string[], many: boolean): Way {
  const text = `${up} ${down.join('.')} ${many}`;
  let way = ways.get(text);
  if (way === undefined) ways.set(text, (way = { up, down, many }));
  return way;
}

interface Candidate {
  readonly group: StructureGroup;
  readonly down: readonly string[];
  readonly many: boolean;
}

/** First place that satisfies `found`: in the scope itself, below it, then around it, nearest first. */
function search(scope: StructureGroup, found: (group: StructureGroup) => boolean): Found | undefined {
  let up = 0;
  for (let at: StructureGroup | undefined = scope; at !== undefined; at = at.parent, up += 1) {
    let level: readonly Candidate[] = [{ group: at, down: [], many: false }];
    while (level.length > 0) {
      const hit = level.find((candidate) => found(candidate.group));
      if (hit !== undefined) return { way: wayOf(up, hit.down, hit.many), group: hit.group };
      level = level.flatMap(({ group, down, many }) =>
        group.groups.map((child) => ({ group: child, down: [...down, child.name], many: many || child.repeats })),
      );
    }
  }
  return undefined;
}

const depthOf = (group: StructureGroup): number => (group.parent === undefined ? 0 : 1 + depthOf(group.parent));

/** What stands at the head of every message, however deep a rule set stands that looks at it. */
const HEAD: ReadonlySet<string> = new Set(['MSH', 'EVN']);

/**
 * The same way, told from the outermost group where it leads up there, so that it is one for rule sets of any depth.
 * What stands in the group of the rule set itself is near in all messages.
 */
function fromOutermost(scope: StructureGroup, segment: string, { up, down, many }: Way): Way {
  const isFar = up === depthOf(scope) && (up > 0 || HEAD.has(segment));
  return wayOf(isFar ? TO_OUTERMOST : up, down, many);
}

/** Where a segment was found, with the way as rules are told it. */
interface FoundSegment extends Found {
  readonly told: Way;
}

/** What was found before: the rules of all messages ask for the same few segments. */
const known = new WeakMap<StructureGroup, Map<string, FoundSegment | undefined>>();

/** The group in which a segment is found from here, with the way to the segment. */
export function findSegment(scope: StructureGroup, segment: string): FoundSegment | undefined {
  let ofScope = known.get(scope);
  if (ofScope === undefined) known.set(scope, (ofScope = new Map<string, FoundSegment | undefined>()));
  if (!ofScope.has(segment)) ofScope.set(segment, lookFor(scope, segment));
  return ofScope.get(segment);
}

function lookFor(scope: StructureGroup, segment: string): FoundSegment | undefined {
  const found = search(scope, (group) => group.segments.has(segment));
  if (found === undefined) return undefined;
  const { way, group } = found;
  const own = wayOf(way.up, way.down, way.many || group.segments.get(segment) === true);
  return { way: own, group, told: fromOutermost(scope, segment, own) };
}

/** Way to a segment by name; a scope that may hold it never looks further out, so one order's NTE is not another's. */
export function wayToSegment(scope: StructureGroup, segment: string): Way | undefined {
  return findSegment(scope, segment)?.told;
}

/** Way to a segment in the scope itself or below it; undefined where it stands elsewhere. */
export function wayBelow(scope: StructureGroup, segment: string): Way | undefined {
  const way = findSegment(scope, segment)?.way;
  return way?.up === 0 ? way : undefined;
}

/** Way to a group by the end of its path: `OBSERVATION` or `ORDER_OBSERVATION.OBSERVATION`. */
export function wayToGroup(scope: StructureGroup, path: readonly string[]): Found | undefined {
  return search(scope, (group) => {
    let at: StructureGroup | undefined = group;
    for (const name of path.toReversed()) {
      if (at?.name !== name) return false;
      at = at.parent;
    }
    return true;
  });
}

function ancestors(group: StructureGroup): readonly StructureGroup[] {
  return group.parent === undefined ? [group] : [group, ...ancestors(group.parent)];
}

/** How far up two places meet: so many steps from the first, `down` so many names from there to the second; only up where that is the outermost group. */
export function wayBetween(from: StructureGroup, to: StructureGroup): Way {
  const [mine, theirs] = [ancestors(from), ancestors(to)];
  const common = mine.find((group) => theirs.includes(group));
  const [up, upTo] =
    common === undefined ? [mine.length - 1, theirs.length - 1] : [mine.indexOf(common), theirs.indexOf(common)];
  // All of them stand below the outermost group, wherever.
  if (common?.parent === undefined && from !== to) return wayOf(TO_OUTERMOST, [], true);
  return wayOf(
    up,
    theirs
      .slice(0, upTo)
      .map(({ name }) => name)
      .toReversed(),
    true,
  );
}

/** Names of all segments of a structure. */
export function segmentNames(group: StructureGroup): readonly string[] {
  return [...group.segments.keys(), ...group.groups.flatMap(segmentNames)];
}

/** Names of all groups of a structure. */
export function groupNames(group: StructureGroup): readonly string[] {
  return group.groups.flatMap((child) => [child.name, ...groupNames(child)]);
}

/** The groups of a message at the end of a way. */
export function followWay(way: Way, from: GroupInstance): readonly GroupInstance[] {
  let groups = [climb(from, way.up)];
  for (const name of way.down) {
    const below: GroupInstance[] = [];
    for (const group of groups) for (const child of group.groups) if (child.name === name) below.push(child);
    groups = below;
  }
  return groups;
}

function groupNamed(group: GroupInstance, name: string): GroupInstance | undefined {
  for (const child of group.groups) if (child.name === name) return child;
  return undefined;
}

/** The one segment of a name at the end of a way that does not branch. */
export function segmentAt(way: Way, name: string, from: GroupInstance): Segment | undefined {
  let at: GroupInstance | undefined = climb(from, way.up);
  for (const down of way.down) at = at === undefined ? undefined : groupNamed(at, down);
  if (at === undefined) return undefined;
  for (const segment of at.segments) if (segment.name === name) return segment;
  return undefined;
}

/** The segments of one name at the end of a way. */
export function segmentsAt(way: Way, name: string, from: GroupInstance): readonly Segment[] {
  const found: Segment[] = [];
  const own = segmentName(name);
  for (const group of followWay(way, from)) {
    for (const segment of group.segments) if (segment.name === own) found.push(segment);
  }
  return found;
}
