import { offsetAt } from '../../fhir/zone.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { consentFacts } from '../../pipeline/follow-up/consents.ts';
import type { Attempt } from '../../pipeline/follow-up/rows.ts';
import { Draft } from '../../store/draft.ts';
import { jsonOf } from '../../store/body.ts';
import { mayContact, optedOut } from '../../triggers/consent.ts';
import type { Engine } from '../engine.ts';

/** How often a promise about messages to patients was broken; all zero or there is a fault. */
export interface Safety {
  readonly sent: number;
  readonly dead: number;
  readonly optedOut: number;
  readonly unconsented: number;
  readonly night: number;
  readonly twice: number;
}

/** Hours at which nobody is messaged, in the hospital's zone. */
const NIGHT = { from: 21, to: 8 };

/** Counts, from what was really sent, the messages that should not have been. */
export async function countSafety(engine: Engine): Promise<Safety> {
  const page = await engine.store.find('attempts', { order: [{ field: 'at' }], limit: 10_000 });
  const sent = page.rows
    .map((row) => jsonOf<Attempt>(row))
    .filter(
      (one) =>
        one.direction === 'out' &&
        one.audience === 'patient' &&
        ['sending', 'accepted', 'uncertain'].includes(one.state),
    );
  const keys = new Map<string, number>();
  const found = { dead: 0, optedOut: 0, unconsented: 0 };
  for (const attempt of sent) {
    const key = `${attempt.occurrence}|${attempt.action}`;
    keys.set(key, (keys.get(key) ?? 0) + 1);
    const facts = await factsOf(engine, attempt);
    if (facts.dead) found.dead += 1;
    if (facts.optedOut) found.optedOut += 1;
    if (facts.unconsented) found.unconsented += 1;
  }
  const night = sent.filter((one) => isNight(engine.config.zone, new Date(one.at))).length;
  const twice = [...keys.values()].filter((count) => count > 1).length;
  return { sent: sent.length, ...found, night, twice };
}

/** The end of the demo day's last line: the promise where it held, else what broke it. */
export function safetyLine(safety: Safety): string {
  const faults = faultsOf(safety);
  if (faults.length === 0) return '0 messages to dead, opted-out, unconsented, night, twice.';
  return `messages that should not have been: ${faults.map(([name, count]) => `${count} ${name}`).join(', ')}.`;
}

/** True where no promise about messages to patients was broken. */
export const isSafe = (safety: Safety): boolean => faultsOf(safety).length === 0;

function faultsOf(safety: Safety): readonly (readonly [string, number])[] {
  return Object.entries(safety).filter(([name, count]) => name !== 'sent' && count > 0);
}

function isNight(zone: string, at: Date): boolean {
  const local = new Date(at.getTime() + offsetAt(zone, at.getTime()));
  const hour = local.getUTCHours();
  return hour >= NIGHT.from || hour < NIGHT.to;
}

/** Whether the patient was dead, or had opted out of this channel, when the message went out. */
async function factsOf(
  engine: Engine,
  attempt: Attempt,
): Promise<Record<'dead' | 'optedOut' | 'unconsented', boolean>> {
  const draft = new Draft(engine.store);
  const person = await engine.reader.person(draft, attempt.rec);
  const members = person?.members ?? [attempt.rec];
  const [patients, consents] = await Promise.all([
    Promise.all(members.map((member) => engine.reader.resource(draft, `Patient/${member}`))),
    engine.reader.resources(draft, members, ['Consent']),
  ]);
  const facts = consentFacts(consents).filter(({ at }) => Date.parse(at) <= Date.parse(attempt.at));
  return {
    dead: patients.some((patient) => diedBefore(patient, attempt.at)),
    optedOut: optedOut(facts, attempt.purpose, attempt.channel),
    unconsented: !mayContact(facts, attempt.purpose, engine.followUpConfig.policy.consent[attempt.purpose]),
  };
}

function diedBefore(patient: FhirResource | undefined, at: string): boolean {
  if (patient === undefined) return false;
  const { deceasedBoolean, deceasedDateTime } = patient;
  return (
    deceasedBoolean === true || (typeof deceasedDateTime === 'string' && Date.parse(deceasedDateTime) <= Date.parse(at))
  );
}
