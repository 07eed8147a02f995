import type { Channel, Purpose } from './plan.ts';
import type { ConsentBasis } from './policy.ts';

/** One statement of a patient about messages, taken from a Consent resource. */
export interface ConsentFact {
  readonly permit: boolean;
  /** Empty: every purpose. */
  readonly purposes: readonly string[];
  /** Empty: every channel. */
  readonly channels: readonly string[];
  /** ISO time; the newest statement about the same thing holds. */
  readonly at: string;
}

/** True where a message for this purpose is allowed at all: the newest statement that is not about channels alone, else the basis. */
export function mayContact(facts: readonly ConsentFact[], purpose: Purpose, basis: ConsentBasis): boolean {
  const about = facts.filter((fact) => fact.channels.length === 0 && names(fact.purposes, purpose));
  const newest = latest(about);
  return newest === undefined ? basis === 'unless-refused' : newest.permit;
}

/** True where the patient does not want this channel (for this purpose): the newest statement that names the channel. */
export function optedOut(facts: readonly ConsentFact[], purpose: Purpose, channel: Channel): boolean {
  const about = facts.filter((fact) => fact.channels.includes(channel) && names(fact.purposes, purpose));
  return latest(about)?.permit === false;
}

function names(list: readonly string[], name: string): boolean {
  return list.length === 0 || list.includes(name);
}

function latest(facts: readonly ConsentFact[]): ConsentFact | undefined {
  return facts.reduce<ConsentFact | undefined>(
    (best, fact) => (best === undefined || Date.parse(fact.at) >= Date.parse(best.at) ? fact : best),
    undefined,
  );
}
