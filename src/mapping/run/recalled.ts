import type { Segment } from '../../hl7/message.ts';

/** Components of one repetition that went into a value, as bits. */
export interface Mark {
  /** Which of the fields that the rule reads. */
  readonly read: number;
  readonly repetition: number;
  readonly bits: number;
}

/** What a rule yielded before was used again: the parts of the message that it would have used. */
export interface Recalled {
  readonly fields: readonly number[];
  /** The segment of each field. */
  readonly segments: readonly (Segment | undefined)[];
  readonly marks: readonly Mark[];
}
