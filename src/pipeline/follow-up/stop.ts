import { sha256 } from '../../core/ids.ts';
import type { PersonView, RecordEvent } from '../../record/contract.ts';
import { truth } from '../../triggers/expression.ts';
import type { Plan, StopRule } from '../../triggers/plan.ts';
import type { Enrolment, Occurrence, StopCause } from './rows.ts';
import { emptyOccurrence, passedOver } from './schedule.ts';
import type { Session } from './session.ts';
import type { EventFacts } from './views.ts';
import { factsOf } from './views.ts';
import { closedTask, isOpenTask } from './work-order.ts';
import { without } from '../../triggers/without.ts';

/** Events that may end a pause. */
export const RESUMING: readonly string[] = ['encounter.cancelled', 'encounter.discharged', 'encounter.finished'];
const DAY = 86_400_000;

/** Lets every open enrolment of the person look at an event: global death stop, stop rules, end of a pause. */
export async function stopOn(session: Session, person: PersonView, event: RecordEvent): Promise<void> {
  const facts = factsOf(event);
  for (const enrolment of await session.enrolments(person.members)) {
    if (!isStoppable(enrolment, event.type)) continue;
    if (event.type === 'patient.deceased') {
      await cancel(session, enrolment, causeOf(facts, 'deceased'));
      continue;
    }
    await resumeAfter(session, enrolment, facts);
    const plan = session.planOf(enrolment);
    for (const rule of plan?.stop ?? []) {
      if (!rule.on.includes(event.type)) continue;
      const holds =
        rule.when === undefined ||
        (plan !== undefined && truth(rule.when, await session.scope(plan, person, facts, enrolment)) === 'true');
      if (holds) await applyStop(session, enrolment, rule, facts);
    }
  }
}

/** Rules that are conditions alone are looked at whenever something that the plan reads has changed. */
export async function stopByCondition(session: Session, person: PersonView, rec: string): Promise<void> {
  for (const enrolment of await session.enrolments(person.members)) {
    const plan = session.planOf(enrolment);
    for (const rule of plan?.stop ?? []) {
      if (plan !== undefined && rule.on.length === 0)
        await askBareRule(session, { plan, person, rec }, enrolment.id, rule);
    }
  }
}

interface Asked {
  readonly plan: Plan;
  readonly person: PersonView;
  readonly rec: string;
}

async function askBareRule(session: Session, { plan, person, rec }: Asked, id: string, rule: StopRule): Promise<void> {
  const enrolment = await session.enrolment(id);
  if (enrolment === undefined || !isOpen(enrolment) || rule.when === undefined) return;
  const answer = truth(rule.when, await session.scope(plan, person, undefined, enrolment));
  if (answer === 'true') await stopBare(session, enrolment, rule, rec);
  if (answer === 'false') await resumeBare(session, enrolment, rule);
}

async function stopBare(session: Session, enrolment: Enrolment, rule: StopRule, rec: string): Promise<void> {
  const cause = { reason: rule.reason, rec, at: session.context.at.toISOString() };
  if (rule.effect === 'cancel') await cancel(session, enrolment, cause);
  else await pause(session, enrolment, cause);
}

async function resumeBare(session: Session, enrolment: Enrolment, rule: StopRule): Promise<void> {
  const { paused } = enrolment;
  if (paused?.reason === rule.reason && paused.ref === undefined) await resume(session, enrolment, 'resumed');
}

async function applyStop(session: Session, before: Enrolment, rule: StopRule, facts: EventFacts): Promise<void> {
  const enrolment = (await session.enrolment(before.id)) ?? before;
  if (!isStoppable(enrolment, facts.type)) return;
  if (rule.effect === 'pause') {
    const own = facts.ref === enrolment.ref || facts.at < enrolment.start;
    if (!own) await pause(session, enrolment, causeOf(facts, rule.reason));
    return;
  }
  if (facts.type === 'observation.withdrawn') {
    await withdraw(session, enrolment, facts, rule.reason);
    return;
  }
  await cancel(session, enrolment, causeOf(facts, rule.reason));
}

/** Closes a round: nothing of it that is still open will happen, its work orders are cancelled with the reason. */
export async function cancel(session: Session, enrolment: Enrolment, cause: StopCause): Promise<void> {
  await session.saveEnrolment({ ...enrolment, state: 'cancelled', stopped: cause });
  const occurrences = await session.occurrences(enrolment);
  for (const occurrence of occurrences) {
    if (occurrence.round !== enrolment.round) continue;
    await closeTasks(session, occurrence, cause.reason);
    if (occurrence.state !== 'planned' && occurrence.state !== 'paused') continue;
    await session.saveOccurrence(noted(session, { ...occurrence, state: 'cancelled' }, cause.reason));
  }
}

async function closeTasks(session: Session, occurrence: Occurrence, reason: string): Promise<void> {
  for (const ref of occurrence.made) {
    const resource = await session.deps.reader.resource(session.draft, ref);
    if (resource === undefined) continue;
    if (resource.resourceType === 'Task' && isOpenTask(resource)) {
      await session.own(closedTask(resource, 'cancelled', reason), occurrence.rec);
    }
    if (resource.resourceType === 'Flag' && resource['status'] === 'active') {
      await session.own({ ...resource, status: 'inactive' }, occurrence.rec);
    }
  }
}

/** A result that had enrolled was corrected or withdrawn: whoever was alerted is told so. */
export async function withdraw(
  session: Session,
  enrolment: Enrolment,
  facts: EventFacts,
  reason: string,
): Promise<void> {
  const alerts = (await session.occurrences(enrolment)).filter(
    (occurrence) =>
      occurrence.round === enrolment.round && occurrence.kind === 'step' && occurrence.attempts.length > 0,
  );
  await cancel(session, enrolment, causeOf(facts, reason));
  if (session.context.backfill) return;
  const event = without(facts, 'rec');
  for (const alert of alerts) {
    const now = session.context.now;
    await session.saveOccurrence({
      ...emptyOccurrence(enrolment, { id: sha256(alert.id, 'correction', facts.id), step: alert.step, n: alert.n }),
      kind: 'correction',
      of: alert.id,
      event,
      actions: [{ type: 'notify-staff', template: 'correction-notice', priority: 'urgent' }],
      due: now.toISOString(),
      expires: new Date(now.getTime() + DAY).toISOString(),
      state: 'planned',
    });
  }
}

/** A new value of the same result makes a new alert: the old one no longer escalates. */
export async function supersedeAlerts(
  session: Session,
  enrolment: Enrolment,
  step: string,
  ref: string,
): Promise<void> {
  for (const occurrence of await session.occurrences(enrolment)) {
    if (occurrence.round !== enrolment.round || occurrence.step !== step) continue;
    if (occurrence.event?.ref !== ref) continue;
    await closeTasks(session, occurrence, 'superseded');
    if (occurrence.state !== 'planned') continue;
    await session.saveOccurrence(noted(session, { ...occurrence, state: 'cancelled' }, 'superseded'));
  }
}

async function pause(session: Session, enrolment: Enrolment, cause: StopCause): Promise<void> {
  if (enrolment.state === 'paused') return;
  await session.saveEnrolment({ ...enrolment, state: 'paused', paused: cause });
  for (const occurrence of await session.occurrences(enrolment)) {
    if (occurrence.state !== 'planned' || occurrence.round !== enrolment.round || occurrence.kind !== 'step') continue;
    await session.saveOccurrence(noted(session, { ...occurrence, state: 'paused' }, cause.reason));
  }
}

/** The event that paused is cancelled, or that stay has ended. */
async function resumeAfter(session: Session, enrolment: Enrolment, facts: EventFacts): Promise<void> {
  if (enrolment.state !== 'paused' || !RESUMING.includes(facts.type)) return;
  if (enrolment.paused?.ref === facts.ref) await resume(session, enrolment, 'resumed');
}

/** Goes on with a paused enrolment; what fell due meanwhile is judged by the step's `late`. */
async function resume(session: Session, enrolment: Enrolment, code: string): Promise<void> {
  const rest = without(enrolment, 'paused');
  await session.saveEnrolment({ ...rest, state: 'active' });
  const now = session.context.now;
  for (const occurrence of await session.occurrences(enrolment)) {
    if (occurrence.state !== 'paused' || occurrence.round !== enrolment.round) continue;
    const overdue = new Date(occurrence.due) <= now;
    if (overdue && session.context.backfill) {
      await session.saveOccurrence(passedOver(occurrence, now.toISOString()));
      continue;
    }
    const planned = {
      ...occurrence,
      state: 'planned' as const,
      ...(overdue ? { overdue, next: now.toISOString() } : {}),
    };
    await session.saveOccurrence(noted(session, planned, code));
  }
}

/** An occurrence with a code and a line in its log. */
export function noted(session: Session, occurrence: Occurrence, code: string): Occurrence {
  const at = session.context.now.toISOString();
  return { ...occurrence, code, log: [...occurrence.log, { at, code }] };
}

/** A withdrawn result matters even after its alert was acknowledged. */
function isStoppable(enrolment: Enrolment, event: string): boolean {
  return isOpen(enrolment) || (enrolment.state === 'completed' && event === 'observation.withdrawn');
}

/** True where the enrolment still has something to come. */
export function isOpen(enrolment: Enrolment): boolean {
  return enrolment.state === 'active' || enrolment.state === 'paused';
}

function causeOf(facts: EventFacts, reason: string): StopCause {
  return { reason, rec: facts.rec, ref: facts.ref, at: facts.at };
}
