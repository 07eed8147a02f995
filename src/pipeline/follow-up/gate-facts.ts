import { sha256 } from '../../core/ids.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import type { PersonView } from '../../record/contract.ts';
import type { Truth } from '../../triggers/condition.ts';
import { truth } from '../../triggers/expression.ts';
import type { GateFacts } from '../../triggers/gate.ts';
import { without } from '../../triggers/without.ts';
import type { Action, Channel, Plan, Step } from '../../triggers/plan.ts';
import { localDate } from '../../triggers/times.ts';
import { consentFacts } from './consents.ts';
import type { Guardian } from './guardian.ts';
import { guardianOf } from './guardian.ts';
import { addressesOf, ageOn, isDeceased, isUnder } from './patient.ts';
import type { Enrolment, Ledger, Occurrence } from './rows.ts';
import { readLedgers } from './rows.ts';
import type { Session } from './session.ts';

/** An occurrence with everything that is needed to decide and to carry it out. */
export interface Case {
  readonly occurrence: Occurrence;
  readonly enrolment: Enrolment;
  readonly plan: Plan;
  readonly step: Step | undefined;
  readonly person: PersonView;
  readonly patient: FhirResource | undefined;
  readonly ledgers: readonly Ledger[];
  readonly facts: GateFacts;
  readonly guardian: Guardian;
  /** Too young to be written to. */
  readonly isChild: boolean;
  readonly samePersonAs?: { readonly id: string; readonly rec: string };
}

/** Why a case cannot even be looked at. */
export type NoCase = 'enrolment-ended' | 'plan-missing';

/** Reads what the gate looks at, all through the draft, so that the commit fails if any of it has changed. */
export async function readCase(
  session: Session,
  occurrence: Occurrence,
  available: readonly Channel[],
): Promise<Case | NoCase> {
  const enrolment = await session.enrolment(occurrence.enrolment);
  if (enrolment === undefined) return 'enrolment-ended';
  const plan = session.planOf(enrolment);
  if (plan === undefined) return 'plan-missing';
  const person = await session.person(occurrence.rec);
  if (person === undefined) return 'enrolment-ended';
  const { draft, deps, context } = session;
  const ledgers = await readLedgers(draft, person.members);
  const step = plan.steps.find((candidate) => candidate.id === occurrence.step);
  const patient = await deps.reader.resource(draft, `Patient/${person.id}`);
  const bad = new Set(ledgers.flatMap((ledger) => ledger.bad));
  const isBad = (address: string): boolean => bad.has(addressHash(deps.installation, address));
  const samePersonAs = sameStepOf(ledgers, occurrence);
  const known = await deps.reader.resources(draft, person.members, ['Consent', 'RelatedPerson']);
  const age = ageOn(patient, localDate(context.now, plan.zone));
  const preference = ledgers.find((ledger) => ledger.preference !== undefined)?.preference;
  const lastAnswered = ledgers.find((ledger) => ledger.lastAnswered !== undefined)?.lastAnswered;
  const facts: GateFacts = {
    now: context.now,
    zone: plan.zone,
    deceased: await isDeceased(deps.reader, draft, person),
    enrolment: stateOf(enrolment, occurrence),
    when: await whenOf(session, { plan, step, person, enrolment, occurrence }),
    expiresAt: new Date(occurrence.expires),
    samePerson: samePersonAs !== undefined,
    purpose: step?.purpose ?? plan.purpose,
    consents: consentFacts(known),
    channels: {
      addresses: addressesOf(patient, isBad),
      ...(preference === undefined ? {} : { preference }),
      ...(lastAnswered === undefined ? {} : { lastAnswered }),
      ...(age === undefined ? {} : { age }),
      voiceFromAge: deps.config.policy.voiceFromAge,
      available,
      tried: occurrence.tried,
    },
    sends: ledgers
      .flatMap((ledger) => ledger.sends)
      .filter((send) => send.channel !== undefined && send.occurrence !== occurrence.id)
      .map((send) => send.at),
    limits: plan.limits,
    policy: deps.config.policy,
  };
  const related = known.filter(({ resourceType }) => resourceType === 'RelatedPerson');
  const guardian = await guardianOf(session, { patient, related, purpose: facts.purpose, isBad });
  const isChild = isUnder(patient, deps.config.policy.guardianBelowAge, localDate(context.now, plan.zone));
  const found: Case = { occurrence, enrolment, plan, step, person, patient, ledgers, facts, guardian, isChild };
  return samePersonAs === undefined ? found : { ...found, samePersonAs };
}

/**
 * The facts for one action: what is for the guardian goes to the guardian's addresses, which the patient's habits say
 * nothing about. So does what is for a child; a child of whom no guardian's address is known is reached at the number
 * that its family gave for it.
 */
export function factsFor(found: Pick<Case, 'facts' | 'guardian' | 'isChild'>, action: Action): GateFacts {
  const { facts, guardian, isChild } = found;
  const hasAddress = Object.keys(guardian.addresses).length > 0;
  if (action.to !== 'guardian' && !(isChild && hasAddress && action.to === 'patient')) return facts;
  const channels = without(facts.channels, 'age', 'preference', 'lastAnswered');
  return {
    ...facts,
    consents: [...facts.consents, ...guardian.refusals],
    channels: { ...channels, addresses: guardian.addresses },
  };
}

/** Addresses are found by a hash: a raw dump of keys shows no number. */
export function addressHash(installation: string, address: string): string {
  return sha256(installation, 'address', address.replace(/^\+?86(?=1\d{10}$)/, ''));
}

function stateOf(enrolment: Enrolment, occurrence: Occurrence): GateFacts['enrolment'] {
  if (occurrence.kind === 'correction' || occurrence.kind === 'reply') return 'active';
  if (enrolment.state === 'cancelled' || enrolment.round !== occurrence.round) return 'ended';
  return enrolment.state === 'paused' && occurrence.kind === 'step' ? 'paused' : 'active';
}

/** The same dated step of another source record of the person that was carried out within one step window. */
function sameStepOf(
  ledgers: readonly Ledger[],
  occurrence: Occurrence,
): { readonly id: string; readonly rec: string } | undefined {
  if (occurrence.kind !== 'step' || occurrence.event !== undefined) return undefined;
  const window = Date.parse(occurrence.expires) - Date.parse(occurrence.due);
  for (const ledger of ledgers) {
    if (ledger.rec === occurrence.rec) continue;
    const same = ledger.sends.find(
      (send) =>
        send.dated &&
        send.plan === occurrence.plan &&
        send.step === occurrence.step &&
        send.n === occurrence.n &&
        Math.abs(Date.parse(send.due) - Date.parse(occurrence.due)) <= window,
    );
    if (same !== undefined) return { id: same.occurrence, rec: ledger.rec };
  }
  return undefined;
}

interface Asking {
  readonly plan: Plan;
  readonly step: Step | undefined;
  readonly person: PersonView;
  readonly enrolment: Enrolment;
  readonly occurrence: Occurrence;
}

/** A dated step asks its `when` now; a fired one was asked when it fired. */
async function whenOf(session: Session, asking: Asking): Promise<Truth> {
  const { plan, step, person, enrolment, occurrence } = asking;
  if (step?.when === undefined || occurrence.kind !== 'step' || occurrence.event !== undefined) return 'true';
  return truth(step.when, await session.scope(plan, person, undefined, enrolment));
}
