import { problem, type Problem } from '../../core/problem.ts';
import type { Structure, StructurePart } from '../../hl7/structure.ts';
import { child, entriesOf, itemsOf, textAt, type Node } from '../source/node.ts';

const PART = /^([A-Z][A-Z0-9_]*)([?*+]?)$/u;

interface Times {
  readonly min: 0 | 1;
  readonly max?: number;
}

/** `?` at most once, `*` any number, `+` at least once, nothing: exactly once. */
function times(mark: string): Times {
  const min = mark === '' || mark === '+' ? 1 : 0;
  return mark === '' || mark === '?' ? { min, max: 1 } : { min };
}

function readPart(node: Node, faults: Problem[]): readonly StructurePart[] {
  if (node.kind === 'map') return entriesOf(node).flatMap((entry) => readGroup(entry.key, entry.value, faults));
  const [, segment, mark = ''] = PART.exec(textAt(node) ?? '') ?? [];
  if (segment !== undefined) return [{ segment, ...times(mark) }];
  faults.push(problem('mapping.shape', 'a part is a segment with ?, * or +, or a group', node.at));
  return [];
}

function readGroup(key: string, node: Node, faults: Problem[]): readonly StructurePart[] {
  const [, group, mark = ''] = PART.exec(key) ?? [];
  if (group !== undefined) {
    return [{ group, ...times(mark), parts: itemsOf(node).flatMap((item) => readPart(item, faults)) }];
  }
  faults.push(problem('mapping.shape', `"${key}" is not the name of a group with ?, * or +`, node.at));
  return [];
}

/** Reads a structure file; faults are added to the list. */
export function readStructure(node: Node, faults: Problem[]): Structure {
  const id = textAt(child(node, 'structure')) ?? '';
  return { id, parts: itemsOf(child(node, 'parts')).flatMap((item) => readPart(item, faults)) };
}

/** The structure with another segment allowed behind every place of a known one. */
export function withSegment(structure: Structure, segment: string, after: string): Structure {
  const extend = (parts: readonly StructurePart[]): readonly StructurePart[] =>
    parts.flatMap((part): readonly StructurePart[] => {
      if ('group' in part) return [{ ...part, parts: extend(part.parts) }];
      return part.segment === after ? [part, { segment, min: 0 }] : [part];
    });
  return { ...structure, parts: extend(structure.parts) };
}
