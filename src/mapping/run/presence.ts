import type { Message, Segment } from '../../hl7/message.ts';
import { nameKey } from '../../hl7/segment.ts';

/** Fields of one segment that a rule cannot do without, as bits; see {@link fieldBit}. */
export interface Need {
  /** The segment's name as a number, see {@link nameKey}. */
  readonly segment: number;
  readonly low: number;
  readonly high: number;
}

/** Which of a segment's fields are populated, as bits. */
interface Filled {
  low: number;
  high: number;
}

/** All segments of one name together. */
interface Kind extends Filled {
  count: number;
}

/** The need for one field. Fields above 63 share bits with lower ones, so a need may look met where it is not. */
export function needOf(name: string, field: number): Need {
  const segment = nameKey(name, 0);
  const bit = field & 63;
  return bit < 32 ? { segment, low: 1 << bit, high: 0 } : { segment, low: 0, high: 1 << (bit - 32) };
}

/** Any of these needs; undefined (no need at all) where one of the parts has none. */
export function anyNeed(parts: readonly (readonly Need[] | undefined)[]): readonly Need[] | undefined {
  const bySegment = new Map<number, Need>();
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const need of part) {
      const known = bySegment.get(need.segment);
      const { segment, low, high } = need;
      bySegment.set(segment, known === undefined ? need : { segment, low: known.low | low, high: known.high | high });
    }
  }
  return [...bySegment.values()];
}

/** Which fields of a message are populated: most rules are passed over by one look at it. */
export class Presence {
  readonly #names: string[] = [];
  readonly #keys: number[] = [];
  readonly #numbers: number[] = [];
  readonly #starts: number[] = [];
  #fields = 0;
  readonly #filled: Filled[] = [];
  readonly #byKey = new Map<number, Kind>();

  constructor(message: Message) {
    for (const segment of message.segments) {
      const { name } = segment;
      const filled = filledOf(segment);
      this.#names.push(name);
      this.#filled.push(filled);
      const key = nameKey(name, 0);
      this.#keys.push(key);
      let kind = this.#byKey.get(key);
      if (kind === undefined) this.#byKey.set(key, (kind = { low: 0, high: 0, count: 0 }));
      kind.low |= filled.low;
      kind.high |= filled.high;
      kind.count += 1;
      this.#numbers.push(kind.count);
      this.#starts.push(this.#fields);
      this.#fields += segment.fieldCount + 1;
    }
  }

  /** Whether the message has a segment of this name, given as a number ({@link nameKey}). */
  holds(key: number): boolean {
    return this.#byKey.has(key);
  }

  /** Name of a segment. */
  nameOf(segment: Segment): string {
    return this.#names[segment.index] ?? segment.name;
  }

  /** Fields of all segments, one more for each. */
  get fieldCount(): number {
    return this.#fields;
  }

  /** Where the fields of a segment begin in a list of all fields; field 1 is one behind. */
  startOf(segment: Segment): number {
    return this.#starts[segment.index] ?? 0;
  }

  /** The how many-th of its name it is, from 1. */
  numberOf(segment: Segment): number {
    return this.#numbers[segment.index] ?? 1;
  }

  /** True where one of the needed fields is populated: in the segment that the rule stands on, else in any of its name. */
  meets(needs: readonly Need[], own: Segment | undefined): boolean {
    const filledHere = own === undefined ? undefined : this.#filled[own.index];
    const key = own === undefined ? undefined : this.#keys[own.index];
    for (const need of needs) {
      const filled = key === need.segment ? filledHere : this.#byKey.get(need.segment);
      if (filled !== undefined && ((filled.low & need.low) | (filled.high & need.high)) !== 0) return true;
    }
    return false;
  }
}

function filledOf(segment: Segment): Filled {
  const filled: Filled = { low: 0, high: 0 };
  const count = segment.fieldCount;
  for (let field = 1; field <= count; field += 1) {
    if (!segment.has(field)) continue;
    const bit = field & 63;
    if (bit < 32) filled.low |= 1 << bit;
    else filled.high |= 1 << (bit - 32);
  }
  return filled;
}
