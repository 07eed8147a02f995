import type { Segment } from './message.ts';
import type { GroupInstance } from './structure.ts';
import type { GroupPart } from './structure-parts.ts';

/** A group occurrence while the message is laid out. */
export class OpenGroup implements GroupInstance {
  readonly name: string;
  readonly index: number;
  readonly parent?: OpenGroup;
  readonly segments: Segment[] = [];
  readonly groups: OpenGroup[] = [];
  readonly part: GroupPart;
  /** How often each part has occurred, by its position in `part.parts`. */
  readonly counts: number[];
  /** Position of the part that was matched last, -1 before the first; the next segment is looked for from here. */
  position = -1;

  constructor(part: GroupPart, index: number, parent?: OpenGroup) {
    this.part = part;
    this.name = part.name;
    this.index = index;
    if (parent !== undefined) this.parent = parent;
    this.counts = part.parts.map(() => 0);
  }

  /** Opens a new occurrence of the group part at `at`. */
  open(at: number, part: GroupPart): OpenGroup {
    const index = this.counts[at] ?? 0;
    const group = new OpenGroup(part, index, this);
    this.counts[at] = index + 1;
    this.groups.push(group);
    return group;
  }

  /** Puts a segment at the segment part at `at`. */
  put(at: number, segment: Segment): void {
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.segments.push(segment);
  }

  /** Whether the part at `at` may occur once more. */
  hasRoom(at: number): boolean {
    return (this.counts[at] ?? 0) < (this.part.parts[at]?.max ?? 0);
  }

  /** Latest occurrence of the group of that name. */
  latest(name: string): OpenGroup | undefined {
    return this.groups.findLast((group) => group.name === name);
  }
}
