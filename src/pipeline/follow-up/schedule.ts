import type { PersonView } from '../../record/contract.ts';
import { singleText } from '../../triggers/expression.ts';
import type { Scope } from '../../triggers/scope.ts';
import { occurrenceId } from '../../triggers/occurrence-id.ts';
import type { Plan, Step, Timing } from '../../triggers/plan.ts';
import { anchorDate, anchorTime, dueTime, expiryTime } from '../../triggers/times.ts';
import type { Enrolment, Occurrence } from './rows.ts';
import type { Session } from './session.ts';
import { without } from '../../triggers/without.ts';

/** Most repetitions of one step that are planned ahead. */
const MAX_REPEATS = 60;

/** The anchors of a plan as the record gives them now; one that is missing or vaguer than a day is left out. */
export function anchorsOf(plan: Plan, scope: Scope, known: Readonly<Record<string, string>>): Record<string, string> {
  const anchors: Record<string, string> = {};
  for (const [name, anchor] of Object.entries(plan.anchors)) {
    const kept = anchor.onChange === 'keep' ? known[name] : undefined;
    const text = kept ?? singleText(anchor.from, scope);
    if (text !== undefined && anchorTime(text, plan.zone) !== undefined) anchors[name] = text;
  }
  return anchors;
}

/** Plans, moves or leaves alone every dated occurrence of an enrolment, after its anchors. */
export async function scheduleSteps(session: Session, plan: Plan, enrolment: Enrolment, scope: Scope): Promise<void> {
  const existing = new Map((await session.occurrences(enrolment)).map((occurrence) => [occurrence.id, occurrence]));
  for (const step of plan.steps) {
    if (step.at === undefined) continue;
    const anchor = enrolment.anchors[step.at.anchor];
    for (const n of numbers(step.at)) {
      const id = occurrenceId({
        plan: plan.id,
        rec: enrolment.rec,
        key: enrolment.key,
        round: enrolment.round,
        step: step.id,
        n,
      });
      const next = plannedOccurrence(
        { session, plan, enrolment, step, timing: step.at, n, id, anchor, scope },
        existing.get(id),
      );
      if (next !== undefined) await session.saveOccurrence(next);
    }
  }
}

interface Planning {
  readonly session: Session;
  readonly plan: Plan;
  readonly enrolment: Enrolment;
  readonly step: Step;
  readonly timing: Timing;
  readonly n: number;
  readonly id: string;
  readonly anchor: string | undefined;
  readonly scope: Scope;
}

function numbers(timing: Timing): readonly number[] {
  const count = timing.repeat === undefined ? 1 : (timing.repeat.count ?? MAX_REPEATS);
  return Array.from({ length: Math.min(count, MAX_REPEATS) }, (_unused, index) => index + 1);
}

/** The occurrence as it should be; undefined where nothing is to be written. */
function plannedOccurrence(planning: Planning, existing: Occurrence | undefined): Occurrence | undefined {
  const { session, plan, enrolment, step, timing, n, anchor } = planning;
  const start = anchor === undefined ? undefined : anchorTime(anchor, plan.zone);
  if (anchor === undefined || start === undefined) return undefined;
  const date = anchorDate(anchor, plan.zone) ?? anchor;
  const due = dueTime(start, timing, n, session.deps.config.calendar);
  if (afterUntil(planning, due.toJSDate())) return undefined;
  const expires = expiryTime(due, timing).toJSDate();
  if (existing !== undefined) return moved(planning, existing, due.toJSDate(), expires);
  if (enrolment.done.some((done) => done.step === step.id && done.n === n && done.anchorDate === date))
    return undefined;
  const fresh: Occurrence = {
    ...emptyOccurrence(enrolment, { id: planning.id, step: step.id, n }),
    due: due.toJSDate().toISOString(),
    expires: expires.toISOString(),
    anchorDate: date,
    state: enrolment.state === 'paused' ? 'paused' : 'planned',
  };
  return judged(planning, fresh, due.toJSDate(), expires);
}

/** What is due already when the patient is enrolled is skipped, unless the step says otherwise. */
function judged(planning: Planning, fresh: Occurrence, due: Date, expires: Date): Occurrence {
  const { now, backfill } = planning.session.context;
  if (due > now) return fresh;
  const at = now.toISOString();
  const skip = (code: string): Occurrence => ({ ...fresh, state: 'skipped', code, log: [{ at, code }] });
  if (backfill) return skip('backfill');
  if (planning.timing.enrolledLate === 'send-now' && now < expires) return { ...fresh, next: at };
  return skip('enrolled-late');
}

/** What old news makes due at once is not carried out (DESIGN section 3, Replay). */
export function passedOver(occurrence: Occurrence, at: string): Occurrence {
  const rest = without(occurrence, 'next', 'held', 'overdue');
  return { ...rest, state: 'skipped', code: 'backfill', log: [...occurrence.log, { at, code: 'backfill' }] };
}

/** A changed anchor moves what has not been carried out. */
function moved(planning: Planning, existing: Occurrence, due: Date, expires: Date): Occurrence | undefined {
  if (existing.state !== 'planned' && existing.state !== 'paused') return undefined;
  if (existing.due === due.toISOString()) return undefined;
  const at = planning.session.context.now.toISOString();
  const rest = without(existing, 'next', 'held');
  const anchor = planning.anchor === undefined ? undefined : anchorDate(planning.anchor, planning.plan.zone);
  const next: Occurrence = {
    ...rest,
    due: due.toISOString(),
    expires: expires.toISOString(),
    ...(anchor === undefined ? {} : { anchorDate: anchor }),
    log: [...existing.log, { at, code: 'rescheduled' }],
  };
  const { now, backfill } = planning.session.context;
  return backfill && due <= now ? passedOver(next, at) : next;
}

function afterUntil(planning: Planning, due: Date): boolean {
  const until = planning.timing.repeat?.until;
  if (until === undefined) return false;
  const text = singleText(until, planning.scope);
  const end = text === undefined ? undefined : anchorTime(text, planning.plan.zone);
  return end !== undefined && due > end.endOf('day').toJSDate();
}

/** An occurrence of an enrolment with nothing in it yet. */
export function emptyOccurrence(
  enrolment: Enrolment,
  name: { readonly id: string; readonly step: string; readonly n: number },
): Omit<Occurrence, 'due' | 'expires' | 'state'> {
  return {
    ...name,
    kind: 'step',
    enrolment: enrolment.id,
    plan: enrolment.plan,
    version: enrolment.version,
    rec: enrolment.rec,
    key: enrolment.key,
    round: enrolment.round,
    open: [],
    attempts: [],
    tried: [],
    made: [],
    log: [],
  };
}

/** Reads the anchors again and moves what depends on them. */
export async function reschedule(session: Session, person: PersonView, enrolment: Enrolment): Promise<void> {
  const plan = session.planOf(enrolment);
  if (plan === undefined || Object.keys(plan.anchors).length === 0) return;
  const scope = await session.scope(plan, person, undefined, enrolment);
  const anchors = anchorsOf(plan, scope, enrolment.anchors);
  const merged = { ...enrolment.anchors, ...anchors };
  if (JSON.stringify(merged) === JSON.stringify(enrolment.anchors)) return;
  const changed = { ...enrolment, anchors: merged };
  await session.saveEnrolment(changed);
  await scheduleSteps(session, plan, changed, { ...scope, anchor: merged });
}
