import { itemsOf, textAt, type Node } from '../source/node.ts';
import { findElement } from '../types/fhir-model.ts';
import type { RuleContext } from './rule-context.ts';
import type { Way } from './structure-tree.ts';

/** Stands for all Z segments of a group. */
export const Z_SEGMENTS = 'Z*';

/** Segments of which a resource keeps what no rule read, and where they stand as seen from it. */
export interface RestPlace {
  /** `PV1`, or {@link Z_SEGMENTS}. */
  readonly segment: string;
  /** From the group of the resource. */
  readonly way: Way;
}

const HERE: Way = { up: 0, down: [], many: true };
const NONE: readonly RestPlace[] = [];

function placeOf(node: Node, context: RuleContext): RestPlace | undefined {
  const [segment = '', group] = (textAt(node) ?? '').split('.').toReversed();
  if (group === undefined && (segment === Z_SEGMENTS || segment === context.scope.segment)) {
    return { segment, way: HERE };
  }
  const { around } = context;
  const way = group === undefined ? around.wayToSegment(segment) : around.wayToGroup(group);
  // What stands around the resource belongs to others too.
  if (way?.up === 0) return { segment, way };
  if (way === undefined && !around.isShared(node.at.file ?? '')) {
    const message = `the structure has no ${textAt(node) ?? ''}`;
    context.faults.add('mapping.unknown-path', message, { ...node.at, path: `${context.path}.rest` });
  }
  return undefined;
}

/** Compiles `rest: [PV1, VISIT_ROLE.ROL]` of a resource; segments that the structure lacks are passed over in shared parts. */
export function compileRest(node: Node | undefined, type: string, context: RuleContext): readonly RestPlace[] {
  if (node === undefined) return NONE;
  if (findElement(type, 'extension') === undefined) {
    context.faults.add('mapping.shape', `${type} has no extension`, { ...node.at, path: `${context.path}.rest` });
    return NONE;
  }
  return itemsOf(node).flatMap((item) => placeOf(item, context) ?? []);
}
