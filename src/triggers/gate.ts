import { cappedUntil } from './caps.ts';
import type { ChannelChoice, ChannelFacts } from './channels.ts';
import { orderChannels } from './channels.ts';
import type { ConsentFact } from './consent.ts';
import { mayContact, optedOut } from './consent.ts';
import type { Truth } from './condition.ts';
import type { Action, Channel, Plan, Purpose } from './plan.ts';
import { reachesPatient } from './plan.ts';
import type { FollowUpPolicy } from './policy.ts';
import { quietUntil } from './quiet-hours.ts';

/** Why the gate did not let an occurrence through; every one is stored. */
type Refusal =
  | 'deceased'
  | 'enrolment-ended'
  | 'condition-false'
  | 'not-evaluable'
  | 'expired'
  | 'late'
  | 'same-person'
  | 'backfill'
  | 'enrolled-late'
  | 'consent'
  | 'opt-out'
  | 'no-address'
  | 'no-sender';

/** Why an occurrence waits; the whole gate runs again afterwards. */
export type HoldReason = 'paused' | 'quiet-hours' | 'per-day' | 'throttled';

/** What the gate says. */
export type GateDecision =
  | { readonly kind: 'pass'; readonly channel?: ChannelChoice }
  | { readonly kind: 'refuse'; readonly code: Refusal }
  | { readonly kind: 'hold'; readonly code: HoldReason; readonly until?: Date };

/** Everything the gate looks at, read before it decides. */
export interface GateFacts {
  readonly now: Date;
  readonly zone: string;
  readonly deceased: boolean;
  readonly enrolment: 'active' | 'paused' | 'ended';
  /** Outcome of the step's `when`; `true` where it has none. */
  readonly when: Truth;
  readonly expiresAt: Date;
  /** Another source record of the person has had the same step in the same window. */
  readonly samePerson: boolean;
  readonly purpose: Purpose;
  readonly consents: readonly ConsentFact[];
  readonly channels: ChannelFacts;
  /** ISO times of what reached the person. */
  readonly sends: readonly string[];
  readonly limits: Plan['limits'];
  readonly policy: FollowUpPolicy;
}

/** Checks that hold for every action, in this order: deceased, enrolment, `when`, expired, same person. */
export function gateOccurrence(facts: GateFacts): GateDecision {
  if (facts.deceased) return { kind: 'refuse', code: 'deceased' };
  if (facts.enrolment === 'ended') return { kind: 'refuse', code: 'enrolment-ended' };
  if (facts.enrolment === 'paused') return { kind: 'hold', code: 'paused' };
  if (facts.when === 'false') return { kind: 'refuse', code: 'condition-false' };
  if (facts.when === 'not-evaluable') return { kind: 'refuse', code: 'not-evaluable' };
  if (facts.now > facts.expiresAt) return { kind: 'refuse', code: 'expired' };
  if (facts.samePerson) return { kind: 'refuse', code: 'same-person' };
  return { kind: 'pass' };
}

/**
 * Checks for one action of an occurrence that has passed: consent, opt-out, address, quiet hours, caps. A call task
 * needs consent too; `notify-staff`, `task` and `flag` pass.
 */
export function gateAction(action: Action, facts: GateFacts): GateDecision {
  if (action.type !== 'call-task' && !reachesPatient(action)) return { kind: 'pass' };
  if (!mayContact(facts.consents, facts.purpose, facts.policy.consent[facts.purpose])) {
    return { kind: 'refuse', code: 'consent' };
  }
  if (action.type === 'call-task') return { kind: 'pass' };
  const wanted = action.channels ?? 'auto';
  const reachable = orderChannels(wanted, facts.channels);
  const [channel] = reachable.filter((choice) => !optedOut(facts.consents, facts.purpose, choice.channel));
  if (channel === undefined) return { kind: 'refuse', code: whyNoChannel(wanted, facts, reachable) };
  const quiet = quietUntil(facts.policy.quietHours[channel.channel], facts.now, facts.zone);
  if (quiet !== undefined) return { kind: 'hold', code: 'quiet-hours', until: quiet };
  const capped = cappedUntil(facts.sends, facts.limits, facts.now, facts.zone);
  if (capped !== undefined) return { kind: 'hold', code: 'per-day', until: capped };
  return { kind: 'pass', channel };
}

function whyNoChannel(
  wanted: 'auto' | readonly Channel[],
  facts: GateFacts,
  reachable: readonly ChannelChoice[],
): Refusal {
  if (reachable.length > 0) return 'opt-out';
  const everySender = { ...facts.channels, available: Object.keys(facts.policy.quietHours) as readonly Channel[] };
  return orderChannels(wanted, everySender).length > 0 ? 'no-sender' : 'no-address';
}
