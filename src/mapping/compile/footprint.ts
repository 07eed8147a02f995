import type { Segment } from '../../hl7/message.ts';
import type { Env } from '../run/run.ts';

/** A field that a rule reads. */
export interface Read {
  readonly field: number;
  /** The segment it stands in, seen from where the rule stands. */
  readonly segmentOf: (env: Env) => Segment | undefined;
}

/**
 * The fields that a rule reads, gathered while it is compiled. It is open where something else may decide what the rule
 * yields: other resources, or segments that may be several.
 */
export class Footprint {
  readonly #reads = new Map<string, Read>();
  readonly #outer: Footprint | undefined;
  #isOpen = false;

  constructor(outer?: Footprint) {
    this.#outer = outer;
  }

  /** The rule reads this field. */
  read(segment: string, read: Read): void {
    this.#reads.set(`${segment}-${read.field}`, read);
    this.#outer?.read(segment, read);
  }

  /** What the rule yields depends on more than fields. */
  open(): void {
    this.#isOpen = true;
    this.#outer?.open();
  }

  /** All that it depends on; undefined where that is not known, or nothing. */
  get reads(): readonly Read[] | undefined {
    return this.#isOpen || this.#reads.size === 0 ? undefined : [...this.#reads.values()];
  }
}
