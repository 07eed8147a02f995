import type { Problem } from '../core/problem.ts';

/** The delimiters of one message, as MSH-1 and MSH-2 declare them (HL7 v2 chapter 2.5.4); `truncation` is the fifth of v2.7. */
export interface Separators {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
  readonly truncation?: string;
}

/** The HL7 null: the sender says that the value is to be deleted; distinct from empty and from absent. */
export const HL7_NULL = '""';

/** One segment of a parsed message. Fields are indexed on first touch and decoded only where they are read. */
export interface Segment {
  /** Three characters: `PID`, `ZPI`. */
  readonly name: string;
  /** Position in the message, from 0. */
  readonly index: number;
  /** Raw text without its terminator. */
  readonly text: string;
  /** Number of the last field present; MSH-1 counts as field 1. */
  readonly fieldCount: number;
  /** Raw (escaped) text of a field, `''` where it is empty or absent. `field(1)` of MSH, FHS and BHS is the separator itself. */
  field(n: number): string;
  /** Whether a field holds anything; takes no text out of the message. */
  has(n: number): boolean;
  /** Raw text of each repetition; an empty or absent field has none, an empty repetition is `''`. */
  repetitions(n: number): readonly string[];
  /** Raw text of one component with its subcomponents; `''` where empty or absent. Numbers count from 1. */
  component(n: number, repetition: number, component: number): string;
  /**
   * Decoded (unescaped) text of one leaf; `''` where it is empty or absent, {@link HL7_NULL} where the sender said `""`.
   * Numbers count from 1. Where a component has subcomponents, subcomponent 1 is its default reading.
   */
  value(n: number, repetition?: number, component?: number, subcomponent?: number): string;
  /** Unescapes any raw text of this message, in its charset. */
  unescape(raw: string): string;
}

/** A parsed message; nothing but segment boundaries is computed before it is asked for. */
export interface Message {
  /** The text as it was parsed, terminators included. */
  readonly text: string;
  readonly separators: Separators;
  readonly segments: readonly Segment[];
  /** Name of the charset the bytes were decoded with, as WHATWG names it (`utf-8`, `gb18030`). */
  readonly charset: string;
  /** What was odd about the form: wrong MSH-18, a delimiter declared twice. */
  readonly warnings: readonly Problem[];
  /** First segment of that name. */
  first(name: string): Segment | undefined;
  /** All segments of that name in message order. */
  all(name: string): readonly Segment[];
}
