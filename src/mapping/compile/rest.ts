import { nameKey } from '../../hl7/segment.ts';
import { itemsOf, textAt, type Node } from '../source/node.ts';
import { findElement } from '../types/fhir-model.ts';
import type { RuleContext } from './rule-context.ts';
import type { Way } from './structure-tree.ts';

/** Segments of a group below that of a resource. */
interface FarPlace {
  readonly segment: string;
  /** The name as a number, see {@link nameKey}. */
  readonly key: number;
  readonly way: Way;
}

/** Segments of which a resource keeps what no rule read, by where they stand as seen from it. */
export interface Rest {
  /** In its own group. */
  readonly near: ReadonlySet<string>;
  /** All Z segments of its own group. */
  readonly ownZ: boolean;
  /** In groups below. */
  readonly far: readonly FarPlace[];
}

/** Stands for all Z segments of a group. */
const Z_SEGMENTS = 'Z*';

const HERE: Way = { up: 0, down: [], many: true };

interface Building {
  readonly near: Set<string>;
  readonly far: FarPlace[];
  ownZ: boolean;
}

function wayTo(segment: string, group: string | undefined, { around, scope }: RuleContext): Way | undefined {
  if (group !== undefined) return around.wayToGroup(group);
  return segment === scope.segment ? HERE : around.wayBelow(segment);
}

function add(node: Node, building: Building, context: RuleContext): void {
  const written = textAt(node) ?? '';
  if (written === Z_SEGMENTS) {
    building.ownZ = true;
    return;
  }
  const [segment = '', group] = written.split('.').toReversed();
  const way = wayTo(segment, group, context);
  const { around } = context;
  if (way === undefined && !around.isShared(node.at.file ?? '') && around.wayToSegment(segment) === undefined) {
    const place = { ...node.at, path: `${context.path}.rest` };
    context.faults.add('mapping.unknown-path', `the structure has no ${written}`, place);
  }
  // What stands around the resource belongs to others too.
  if (way?.up !== 0) return;
  if (way.down.length === 0) building.near.add(segment);
  else building.far.push({ segment, key: nameKey(segment, 0), way });
}

/**
 * Compiles `rest: [PV1, VISIT_ROLE.ROL]` of a resource; segments that the structure lacks are passed over in shared
 * parts. Undefined where it keeps nothing.
 */
export function compileRest(node: Node | undefined, type: string, context: RuleContext): Rest | undefined {
  const items = itemsOf(node);
  if (node === undefined || items.length === 0) return undefined;
  if (findElement(type, 'extension') === undefined) {
    context.faults.add('mapping.shape', `${type} has no extension`, { ...node.at, path: `${context.path}.rest` });
    return undefined;
  }
  const building: Building = { near: new Set(), far: [], ownZ: false };
  for (const item of items) add(item, building, context);
  return building;
}
