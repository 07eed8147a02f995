import type { Problem } from './problem.ts';

/** One message as it came off the wire, before any interpretation; immutable. */
export interface RawMessage {
  readonly id: string;
  readonly channel: string;
  readonly receivedAt: Date;
  /** Address of the sender as far as known: `ip:port`, file name, client id. */
  readonly peer: string;
  /** Media type: `application/hl7-v2`, `application/fhir+json`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/**
 * What the sender of a message is told.
 * - `accepted`: positive acknowledgement, the bytes are durable.
 * - `refused`: negative acknowledgement with its reason; whether the bytes were kept is in `kept`.
 * - `unavailable`: nothing was kept and nothing may look like an answer; MLLP stays silent and closes, HTTP says 503.
 * `bytes` is the encoded acknowledgement message, absent where the sender asked for none (MSH-15/16 `NE`).
 */
export type Answer =
  | { readonly kind: 'accepted'; readonly bytes?: Uint8Array }
  | { readonly kind: 'refused'; readonly bytes?: Uint8Array; readonly problem: Problem; readonly kept: boolean }
  | { readonly kind: 'unavailable'; readonly problem: Problem };

/** A message together with the one duty to answer its sender; whoever holds it owes exactly one answer. Lives only in memory. */
export interface Delivery {
  readonly message: RawMessage;
  readonly answer: (answer: Answer) => Promise<void>;
  /**
   * Sends a later application acknowledgement (enhanced mode) on the same connection. Absent where the channel has no
   * way to do so; resolves to false when the connection is gone: the acknowledgement then lapses with it.
   */
  readonly follow?: (bytes: Uint8Array) => Promise<boolean>;
}
