import type { PersonView, RecordEvent } from '../../record/contract.ts';
import type { Scope } from '../../triggers/scope.ts';
import { singleText, truth } from '../../triggers/expression.ts';
import { enrolmentId, occurrenceId } from '../../triggers/occurrence-id.ts';
import type { Plan, Step } from '../../triggers/plan.ts';
import { isDeceased } from './patient.ts';
import { noteNotEvaluable } from './data-quality.ts';
import type { Enrolment } from './rows.ts';
import { anchorsOf, emptyOccurrence, scheduleSteps } from './schedule.ts';
import { pinnedTexts } from './kept-templates.ts';
import type { Session } from './session.ts';
import { supersedeAlerts, withdraw } from './stop.ts';
import type { EventFacts } from './views.ts';
import { taskOf } from './work-order.ts';
import { factsOf } from './views.ts';
import { without } from '../../triggers/without.ts';

const DAY = 86_400_000;

/** Lets a plan look at an event that it enrols on: opens an enrolment, or withdraws the one that this result had opened. */
export async function enrolOn(session: Session, plan: Plan, person: PersonView, event: RecordEvent): Promise<void> {
  const facts = factsOf(event);
  const answer = truth(plan.enroll.when, await session.enrollingScope(plan, person, facts));
  if (answer === 'not-evaluable') {
    await noteNotEvaluable(session, plan, facts, 'enroll.when');
    return;
  }
  if (answer === 'false' && (await session.untouched(person.members))) return;
  const scope = await session.scope(plan, person, facts);
  const key = singleText(plan.enroll.key, scope);
  if (answer === 'false') {
    if (key !== undefined) await withdrawOwn(session, plan, person, { facts, key });
    return;
  }
  if (key === undefined) {
    await noteNotEvaluable(session, plan, facts, 'enroll.key');
    return;
  }
  if (isTooOld(session, plan, event.at) || (await isDeceased(session.deps.reader, session.draft, person))) return;
  await openRound(session, plan, { person, rec: event.rec, key, facts, scope });
}

/** A plan of a cohort looks at the person whenever something that it reads has changed. */
export async function enrolCohort(session: Session, plan: Plan, person: PersonView, rec: string): Promise<void> {
  if (isTooOld(session, plan, session.context.at)) return;
  if (truth(plan.enroll.when, await session.enrollingScope(plan, person)) !== 'true') return;
  const scope = await session.scope(plan, person);
  const key = singleText(plan.enroll.key, scope);
  if (key === undefined || (await isDeceased(session.deps.reader, session.draft, person))) return;
  const at = session.context.at.toISOString();
  const facts: EventFacts = { id: session.context.cause, type: 'cohort', at, rec, ref: `Patient/${rec}` };
  await openRound(session, plan, { person, rec, key, facts, scope });
}

/** News older than the widest window of a plan: all that it could ask for is over. */
function isTooOld({ context }: Session, plan: Plan, at: Date): boolean {
  return context.now.getTime() - at.getTime() > plan.windowDays * DAY;
}

interface Opening {
  readonly person: PersonView;
  readonly rec: string;
  readonly key: string;
  readonly facts: EventFacts;
  readonly scope: Scope;
}

async function openRound(session: Session, plan: Plan, opening: Opening): Promise<void> {
  const { rec, key, facts, scope } = opening;
  const id = enrolmentId(plan.id, rec, key);
  const existing = await session.enrolment(id);
  if (existing !== undefined && !mayReopen(plan, existing, facts)) return;
  const draft: Enrolment = {
    id,
    plan: plan.id,
    version: plan.version,
    rec,
    key,
    round: (existing?.round ?? 0) + 1,
    state: 'active',
    start: facts.at,
    ref: facts.ref,
    cause: session.context.cause,
    anchors: {},
    done: existing?.done ?? [],
    texts: pinnedTexts(session.deps.config.templates, plan),
  };
  const within = { ...scope, enrolment: { id, key, start: draft.start, round: draft.round } };
  const enrolment = { ...draft, anchors: anchorsOf(plan, within, {}) };
  await session.saveEnrolment(enrolment);
  await scheduleSteps(session, plan, enrolment, { ...within, anchor: enrolment.anchors });
  for (const [name, anchor] of Object.entries(plan.anchors)) {
    if (anchor.onMissing === 'worklist' && enrolment.anchors[name] === undefined)
      await askForAnchor(session, plan, enrolment, name);
  }
}

/** A person looks up the date that the record does not give. */
async function askForAnchor(session: Session, plan: Plan, enrolment: Enrolment, anchor: string): Promise<void> {
  const task = taskOf({
    id: session.resourceId('Task', enrolment.id, String(enrolment.round), 'anchor', anchor),
    rec: enrolment.rec,
    status: 'requested',
    priority: 'routine',
    text: `${plan.title}: 缺少日期(${anchor}),请补录`,
    owner: 'follow-up-team',
    at: session.context.now,
    focus: enrolment.ref,
    origin: `${plan.id}|${anchor}`,
  });
  await session.own(task, enrolment.rec);
}

/** A closed round opens again with the next enrolling transition; an open or completed one only where the plan restarts. */
function mayReopen(plan: Plan, existing: Enrolment, facts: EventFacts): boolean {
  if (existing.state === 'cancelled') return true;
  return plan.enroll.again === 'restart' && existing.state === 'completed' && existing.ref !== facts.ref;
}

async function withdrawOwn(
  session: Session,
  plan: Plan,
  person: PersonView,
  about: { readonly facts: EventFacts; readonly key: string },
): Promise<void> {
  const enrolments = await session.enrolments(person.members);
  const own = enrolments.filter(
    ({ plan: id, key, ref, state }) =>
      id === plan.id && key === about.key && ref === about.facts.ref && state !== 'cancelled',
  );
  for (const enrolment of own) await withdraw(session, enrolment, about.facts, 'result-corrected');
}

/** Fires the `on:` steps that an event concerns: of the enrolment that its key names, or of any where the plan does not enrol on it. */
export async function fireSteps(session: Session, person: PersonView, event: RecordEvent): Promise<void> {
  const facts = factsOf(event);
  for (const enrolment of await session.enrolments(person.members)) {
    if (enrolment.state !== 'active' && enrolment.state !== 'completed') continue;
    const plan = session.planOf(enrolment);
    const steps = plan === undefined ? [] : stepsOn(session, plan, event);
    if (plan === undefined || steps.length === 0) continue;
    if (plan.enroll.on.includes(event.type)) {
      const key = singleText(plan.enroll.key, await session.scope(plan, person, facts));
      if (key !== enrolment.key) continue;
    } else if (enrolment.state !== 'active') continue;
    for (const step of steps) await fire(session, { plan, person, enrolment, step }, event);
  }
}

function stepsOn(session: Session, plan: Plan, event: RecordEvent): readonly Step[] {
  const steps = plan.steps.filter((step) => step.on.includes(event.type));
  return steps.length === 0 || isTooOld(session, plan, event.at) ? [] : steps;
}

interface Firing {
  readonly plan: Plan;
  readonly person: PersonView;
  readonly enrolment: Enrolment;
  readonly step: Step;
}

async function fire(session: Session, firing: Firing, event: RecordEvent): Promise<void> {
  const { plan, person, enrolment, step } = firing;
  const facts = factsOf(event);
  const id = occurrenceId({
    plan: plan.id,
    rec: enrolment.rec,
    key: plan.enroll.on.includes(event.type) ? enrolment.key : `${enrolment.key}|${event.ref}`,
    round: enrolment.round,
    step: step.id,
    n: event.change,
  });
  const existing = (await session.occurrences(enrolment)).some((occurrence) => occurrence.id === id);
  if (existing) return;
  if (step.when !== undefined) {
    const answer = truth(step.when, await session.scope(plan, person, facts, enrolment));
    if (answer === 'not-evaluable') await noteNotEvaluable(session, plan, facts, `steps.${step.id}.when`);
    if (answer !== 'true') return;
  }
  await supersedeAlerts(session, enrolment, step.id, event.ref);
  const now = session.context.now;
  const backfill = session.context.backfill;
  const fired = without(facts, 'rec');
  await session.saveOccurrence({
    ...emptyOccurrence(enrolment, { id, step: step.id, n: event.change }),
    due: now.toISOString(),
    expires: new Date(now.getTime() + 7 * DAY).toISOString(),
    event: fired,
    ...(backfill
      ? { state: 'skipped', code: 'backfill', log: [{ at: now.toISOString(), code: 'backfill' }] }
      : { state: 'planned' }),
  });
}
