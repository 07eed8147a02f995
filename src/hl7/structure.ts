import type { Problem } from '../core/problem.ts';
import type { Message, Segment } from './message.ts';

/** One place of a message structure: a segment or a group. `max` absent means any number. */
export type StructurePart =
  | { readonly segment: string; readonly min: 0 | 1; readonly max?: number }
  | { readonly group: string; readonly min: 0 | 1; readonly max?: number; readonly parts: readonly StructurePart[] };

/** Grammar of a message structure (MSH-9.3), for example `ORU_R01`; read from `mappings/structures/`. */
export interface Structure {
  readonly id: string;
  readonly parts: readonly StructurePart[];
}

/** One occurrence of a group (the message itself is the outermost, named after its structure). */
export interface GroupInstance {
  readonly name: string;
  /** Position among the occurrences of this group in its parent, from 0. */
  readonly index: number;
  readonly parent?: GroupInstance;
  /** Segments directly in this group, in message order. */
  readonly segments: readonly Segment[];
  /** Groups directly in this group, in message order. */
  readonly groups: readonly GroupInstance[];
}

/** A message laid over its structure. Every segment of the message is in exactly one group. */
export interface Structured {
  readonly root: GroupInstance;
  /** Misplaced segments that went to the nearest legal parent, required segments that are missing. */
  readonly warnings: readonly Problem[];
}

/** Lays a message over its structure; tolerant: a misplaced segment goes to the nearest legal parent with a warning, never away. */
export type MatchStructure = (message: Message, structure: Structure) => Structured;
