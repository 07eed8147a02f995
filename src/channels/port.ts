import type { Clock } from '../core/clock.ts';
import type { NewId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { Delivery } from '../core/message.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Plugin } from '../core/plugin.ts';
import type { Problem } from '../core/problem.ts';

/** What every listener or reader is given. */
export interface ListenerDeps {
  /** Name of the channel in the configuration. */
  readonly name: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly newId: NewId;
  /**
   * Hands a message to intake. Resolves when the listener may read on (not when the message is answered): while it is
   * pending the listener stops reading, so back-pressure reaches the sender's socket. Never rejects.
   */
  readonly deliver: (delivery: Delivery) => Promise<void>;
}

/** Port of a way in: hands every message to `deliver` and passes the answer to its sender, in order per connection. */
export interface Listener {
  /** Where it listens or reads, for people: `mllp://0.0.0.0:2575`. */
  readonly address: string;
  /** Binds or opens; rejects with a JingluoError that says which setting to change. */
  start(): Promise<void>;
  /** Takes no new messages, lets those under way be answered for at most `graceMs`, then closes. */
  stop(graceMs: number): Promise<void>;
}

/** Plug-in of a way in. */
export type ListenerPlugin = Plugin<Listener, ListenerDeps>;

/** Outcome of one try to hand a message to a destination. `reply` is the receiver's answer (an HL7 acknowledgement, a body). */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly reply?: Uint8Array }
  | { readonly kind: 'refused'; readonly reply?: Uint8Array; readonly problem: Problem }
  | { readonly kind: 'unavailable'; readonly problem: Problem };

/** Port of a way out; one message at a time, in order. */
export interface Destination {
  readonly address: string;
  send(bytes: Uint8Array, contentType: string): Promise<SendOutcome>;
  close(): Promise<void>;
}

/** What a destination is given. */
export interface DestinationDeps {
  readonly name: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Plug-in of a way out. */
export type DestinationPlugin = Plugin<Destination, DestinationDeps>;
