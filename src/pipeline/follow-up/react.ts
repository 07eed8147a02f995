import type { Applied, PersonView, RecordEvent } from '../../record/contract.ts';
import { enrollingPlans, type FollowUpConfig } from '../../triggers/follow-up-config.ts';
import type { Plan } from '../../triggers/plan.ts';
import type { FollowUp } from './contract.ts';
import type { FollowUpDeps } from './deps.ts';
import { enrolCohort, enrolOn, fireSteps } from './enrol.ts';
import { reschedule } from './schedule.ts';
import { Session } from './session.ts';
import { splitPersons } from './split.ts';
import { cancel, isOpen, RESUMING, stopByCondition, stopOn } from './stop.ts';
import { referenceOf } from './views.ts';

/** Makes the part of follow-up that reacts to a commit of the record. */
export function createFollowUp(deps: FollowUpDeps): FollowUp {
  const enrolling = enrollingPlans(deps.config);
  const byEvent = new Map<string, Plan[]>();
  for (const plan of enrolling) {
    for (const type of plan.enroll.on) byEvent.set(type, [...(byEvent.get(type) ?? []), plan]);
  }
  const cohorts = enrolling.filter((plan) => plan.enroll.cohort !== undefined);
  const heard = eventsHeard(deps.config);
  const read = new Set(deps.config.plans.flatMap((plan) => plan.reads));
  return {
    react: async (draft, applied, context) => {
      const session = new Session(deps, draft, context, applied);
      await reactToPersons(session, applied);
      await reactToConsents(session, applied);
      await reactToDeletions(session, applied);
      for (const event of applied.events) {
        if (heard.has(event.type)) await reactToEvent(session, event, byEvent);
      }
      const changes = applied.changes.filter(({ type }) => read.has(type));
      await reactToChanges(session, changes, cohorts);
      await reactToTasks(session, applied);
      await session.finish();
      return session.earliest;
    },
  };
}

/** Every event that any version of any plan, or follow-up itself, does something about. */
function eventsHeard({ plans }: FollowUpConfig): ReadonlySet<string> {
  const rules = plans.flatMap(({ enroll, steps, stop }) => [enroll, ...steps, ...stop]);
  return new Set([...rules.flatMap(({ on }) => on), ...RESUMING, 'patient.deceased']);
}

/** A merge or split makes everybody who is deciding about a member decide again. */
async function reactToPersons(session: Session, applied: Applied): Promise<void> {
  if (applied.persons.length === 0) return;
  const recs = [...new Set(applied.persons.flatMap(({ before, after }) => [...before, ...after]))];
  if (await session.untouched(recs)) return;
  await session.bump(recs);
  await splitPersons(session, recs);
}

async function reactToConsents(session: Session, applied: Applied): Promise<void> {
  for (const change of applied.changes) {
    if (change.type !== 'Consent' || change.rec === undefined) continue;
    const person = await session.person(change.rec);
    await session.bump(person?.members ?? [change.rec]);
  }
}

/** Work orders that people close, open or delete are counted in the patient document. */
async function reactToTasks(session: Session, applied: Applied): Promise<void> {
  const recs = applied.changes
    .filter(({ type }) => type === 'Task')
    .flatMap(({ before, after }) => [before, after].map((task) => referenceOf(task?.['for'])))
    .flatMap((ref) => (ref?.startsWith('Patient/') === true ? [ref.slice('Patient/'.length)] : []));
  for (const rec of new Set(recs)) {
    const person = await session.person(rec);
    if (person !== undefined && !(await session.untouched(person.members))) session.changed([rec]);
  }
}

/** A deleted source record is nobody's patient any more. */
async function reactToDeletions(session: Session, applied: Applied): Promise<void> {
  const at = session.context.at.toISOString();
  for (const { type, rec, after } of applied.changes) {
    if (type !== 'Patient' || rec === undefined || after !== undefined || (await session.untouched([rec]))) continue;
    for (const enrolment of await session.enrolments([rec])) {
      if (isOpen(enrolment)) await cancel(session, enrolment, { reason: 'record-deleted', rec, at });
    }
  }
}

async function reactToEvent(
  session: Session,
  event: RecordEvent,
  byEvent: ReadonlyMap<string, readonly Plan[]>,
): Promise<void> {
  const plans = byEvent.get(event.type) ?? [];
  const person =
    plans.length === 0 && event.type !== 'patient.deceased'
      ? await known(session, event.rec)
      : await session.person(event.rec);
  if (person === undefined) return;
  if (event.type === 'patient.deceased') await session.bump(person.members);
  if (!(await session.untouched(person.members))) await stopOn(session, person, event);
  for (const plan of plans) await enrolOn(session, plan, person, event);
  if (!(await session.untouched(person.members))) await fireSteps(session, person, event);
}

/** The person of a source record, if anybody of that person was ever enrolled. */
async function known(session: Session, rec: string): Promise<PersonView | undefined> {
  const person = await session.person(rec);
  return person === undefined || (await session.untouched(person.members)) ? undefined : person;
}

/** What changed may move anchors, meet a bare stop condition, or bring somebody into a cohort. */
async function reactToChanges(session: Session, changes: Applied['changes'], cohorts: readonly Plan[]): Promise<void> {
  const types = new Map<string, Set<string>>();
  for (const { rec, type } of changes) {
    if (rec !== undefined) types.set(rec, (types.get(rec) ?? new Set()).add(type));
  }
  for (const [rec, changed] of types) {
    const joining = cohorts.filter((plan) => plan.enroll.reads.some((type) => changed.has(type)));
    const person = joining.length > 0 ? await session.person(rec) : await known(session, rec);
    if (person === undefined) continue;
    for (const plan of joining) await enrolCohort(session, plan, person, rec);
    if (await session.untouched(person.members)) continue;
    const concerned = (await session.enrolments(person.members)).filter(
      (enrolment) => isOpen(enrolment) && session.planOf(enrolment)?.reads.some((type) => changed.has(type)) === true,
    );
    if (concerned.length === 0) continue;
    for (const enrolment of concerned) await reschedule(session, person, enrolment);
    await stopByCondition(session, person, rec);
  }
}
