import type { FhirResource } from '../../fhir/patch.ts';
import type { Plan } from '../../triggers/plan.ts';
import type { Enrolment } from './rows.ts';

const STATUS = { active: 'active', paused: 'on-hold', completed: 'completed', cancelled: 'revoked' } as const;

/** An enrolment as FHIR shows it: a CarePlan per round. */
export function carePlanOf(enrolment: Enrolment, plan: Plan | undefined, id: string): FhirResource {
  const reason = enrolment.stopped ?? enrolment.paused;
  return {
    resourceType: 'CarePlan',
    id,
    status: STATUS[enrolment.state],
    intent: 'plan',
    title: plan?.title ?? enrolment.plan,
    subject: { reference: `Patient/${enrolment.rec}` },
    period: { start: enrolment.start, ...(enrolment.stopped === undefined ? {} : { end: enrolment.stopped.at }) },
    created: enrolment.start,
    identifier: [{ system: 'urn:jingluo:enrolment', value: `${enrolment.id}|${enrolment.round}` }],
    instantiatesUri: [`urn:jingluo:plan:${enrolment.plan}|${enrolment.version}`],
    ...(enrolment.ref.startsWith('Encounter/') ? { encounter: { reference: enrolment.ref } } : {}),
    ...(reason === undefined ? {} : { note: [{ text: reason.reason }] }),
    ...(plan === undefined || plan.steps.length === 0
      ? {}
      : { activity: plan.steps.map((step) => activityOf(step, enrolment)) }),
  };
}

function activityOf(step: Plan['steps'][number], enrolment: Enrolment): Readonly<Record<string, unknown>> {
  const done = enrolment.done.some((entry) => entry.step === step.id);
  const open = enrolment.state === 'active' ? 'scheduled' : enrolment.state === 'paused' ? 'on-hold' : 'stopped';
  return { detail: { status: done ? 'completed' : open, description: step.title ?? step.id } };
}
