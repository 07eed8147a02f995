import type { Sender } from '../../senders/port.ts';
import type { Store } from '../../store/port.ts';
import type { Channel } from '../../triggers/plan.ts';
import type { FollowUpDeps } from './deps.ts';

/** A configured sender. */
export interface NamedSender {
  readonly name: string;
  readonly sender: Sender;
}

/** What the loop is given beside what follow-up is given. */
export interface LoopDeps extends FollowUpDeps {
  readonly store: Store;
  /** The first sender that serves a channel is used for it. */
  readonly senders: readonly NamedSender[];
  /** Name of this node in leases. */
  readonly owner: string;
  /** Milliseconds of a clock that is never set: leases are measured with it. */
  readonly monotonic: () => number;
  /** Wall clock of this node, to notice that it differs from the store's; absent: not compared (demo clock). */
  readonly wallClock?: () => Date;
  /** True where no other process can use this store: leases that others left behind end when the loop starts. */
  readonly sole?: boolean;
  /** Lease on an occurrence or attempt; default 60 s. */
  readonly leaseMs?: number;
  /** Longest call of a provider; default 10 s. */
  readonly callTimeoutMs?: number;
  /** Cron expression of the safety net; default every 15 s; `false`: none. */
  readonly safetyNet?: string | false;
}

/** Default lease in milliseconds. */
export const LEASE_MS = 60_000;
/** Default longest call in milliseconds. */
export const CALL_TIMEOUT_MS = 10_000;

/** The sender of a channel; undefined where none is configured. */
export function senderOf(deps: LoopDeps, channel: Channel): NamedSender | undefined {
  return deps.senders.find((named) => named.sender.channels.includes(channel));
}

/** Channels that some sender serves. */
export function availableChannels(deps: LoopDeps): readonly Channel[] {
  return [...new Set(deps.senders.flatMap((named) => named.sender.channels))];
}
