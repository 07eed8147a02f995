import type { Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { err, ok } from '../../core/result.ts';
import { jsonOf } from '../../store/body.ts';
import { Draft } from '../../store/draft.ts';
import type { Store } from '../../store/port.ts';
import { occurrenceId } from '../../triggers/occurrence-id.ts';
import { gateAction, gateOccurrence } from '../../triggers/gate.ts';
import type { GateDecision } from '../../triggers/gate.ts';
import type { Action, Channel, Plan, Step } from '../../triggers/plan.ts';
import { fillTemplate } from '../../triggers/template.ts';
import { anchorTime, dueTime, expiryTime } from '../../triggers/times.ts';
import type { FollowUpDeps } from './deps.ts';
import type { Case } from './gate-facts.ts';
import { factsFor, readCase } from './gate-facts.ts';
import { templateFor } from './kept-templates.ts';
import { messageValues } from './message-values.ts';
import type { Enrolment, Occurrence } from './rows.ts';
import { allOf } from './rows.ts';
import { anchorsOf, emptyOccurrence } from './schedule.ts';
import { Session } from './session.ts';

/** One dated action of a plan as it would happen for one patient if nothing changed. */
export interface SimulatedAction {
  readonly step: string;
  readonly n: number;
  /** ISO time of the moment at which the gate was asked. */
  readonly due: string;
  readonly action: Action['type'];
  readonly decision: string;
  /** When the gate would let it through at the earliest, if it would hold it. */
  readonly until?: string;
  readonly channel?: Channel;
  readonly text?: string;
}

/** What is simulated. */
export interface Simulation {
  /** Plan id; its newest version is taken. */
  readonly plan: string;
  /** Source record of the patient. */
  readonly rec: string;
  /** From when on; steps due before are left out. */
  readonly from: Date;
  /** Anchors that the record does not give, by name: `{ surgery: '2026-11-19' }`. */
  readonly anchors?: Readonly<Record<string, string>>;
  /** Enrolment key, where anchors depend on it (an encounter id). */
  readonly key?: string;
  readonly channels: readonly Channel[];
}

/** Plays the dated steps of a plan for one patient and writes nothing: dates, gate decisions, channel and text. */
export async function simulatePlan(
  deps: FollowUpDeps,
  store: Store,
  asked: Simulation,
): Promise<Result<readonly SimulatedAction[], Problem>> {
  const plan = deps.config.plans.find((candidate) => candidate.id === asked.plan);
  if (plan === undefined) return err(problem('trigger.name-unknown', `there is no plan \`${asked.plan}\``));
  const start = new Session(deps, new Draft(store), contextAt(asked.from));
  const person = await start.person(asked.rec);
  if (person === undefined) return err(problem('trigger.occurrence-unknown', `there is no patient ${asked.rec}`));
  const bare = enrolmentOf(plan, asked);
  const found = anchorsOf(plan, await start.scope(plan, person, undefined, bare), {});
  const enrolment = { ...bare, anchors: { ...found, ...asked.anchors } };
  const actions: SimulatedAction[] = [];
  for (const step of plan.steps) {
    const playing = { deps, store, enrolment, plan, step, channels: asked.channels };
    for (const occurrence of occurrencesOf(playing)) {
      if (new Date(occurrence.due) >= asked.from) actions.push(...(await playOccurrence(playing, occurrence)));
    }
  }
  return ok(actions.sort((a, b) => a.due.localeCompare(b.due)));
}

/** Enrolment key of the latest enrolment of this source record on a plan. */
export async function readLatestKey(store: Store, plan: string, rec: string): Promise<string | undefined> {
  const rows = await allOf(new Draft(store), 'enrolments', `rec|${rec}`);
  const mine = rows.map((row) => jsonOf<Enrolment>(row)).filter((enrolment) => enrolment.plan === plan);
  return mine.sort((a, b) => b.start.localeCompare(a.start))[0]?.key;
}

interface Playing {
  readonly deps: FollowUpDeps;
  readonly store: Store;
  readonly enrolment: Enrolment;
  readonly channels: readonly Channel[];
  readonly plan: Plan;
  readonly step: Step;
}

function contextAt(now: Date): Session['context'] {
  return { cause: 'simulate', at: now, now, backfill: false };
}

function enrolmentOf(plan: Plan, asked: Simulation): Enrolment {
  return {
    id: `simulate|${plan.id}|${asked.rec}`,
    plan: plan.id,
    version: plan.version,
    rec: asked.rec,
    key: asked.key ?? 'simulate',
    round: 1,
    state: 'active',
    start: asked.from.toISOString(),
    ref: `Patient/${asked.rec}`,
    cause: 'simulate',
    anchors: {},
    done: [],
  };
}

function occurrencesOf({ deps, plan, enrolment, step }: Playing): readonly Occurrence[] {
  const { at } = step;
  const anchor = at === undefined ? undefined : enrolment.anchors[at.anchor];
  const start = anchor === undefined ? undefined : anchorTime(anchor, plan.zone);
  if (at === undefined || start === undefined) return [];
  const count = at.repeat === undefined ? 1 : (at.repeat.count ?? 12);
  return Array.from({ length: count }, (_unused, index) => {
    const n = index + 1;
    const due = dueTime(start, at, n, deps.config.calendar);
    const id = occurrenceId({ plan: plan.id, rec: enrolment.rec, key: enrolment.key, round: 1, step: step.id, n });
    return {
      ...emptyOccurrence(enrolment, { id, step: step.id, n }),
      due: due.toJSDate().toISOString(),
      expires: expiryTime(due, at).toJSDate().toISOString(),
      anchorDate: start.toFormat('yyyy-MM-dd'),
      state: 'planned',
    };
  });
}

async function playOccurrence(playing: Playing, occurrence: Occurrence): Promise<readonly SimulatedAction[]> {
  const { deps, store, enrolment, channels, step } = playing;
  const session = new Session(deps, new Draft(store), contextAt(new Date(occurrence.due)));
  session.assume(enrolment);
  const found = await readCase(session, occurrence, channels);
  if (typeof found === 'string') return [];
  const whole = gateOccurrence(found.facts);
  const played: SimulatedAction[] = [];
  for (const action of step.actions) {
    const decision = whole.kind === 'pass' ? gateAction(action, factsFor(found, action)) : whole;
    const channel = decision.kind === 'pass' ? decision.channel?.channel : undefined;
    const text = channel === undefined ? undefined : await textOf(session, found, action, channel);
    played.push({
      step: step.id,
      n: occurrence.n,
      due: occurrence.due,
      action: action.type,
      ...decisionOf(decision),
      ...(channel === undefined ? {} : { channel }),
      ...(text === undefined ? {} : { text }),
    });
  }
  return played;
}

function decisionOf(decision: GateDecision): Pick<SimulatedAction, 'decision' | 'until'> {
  if (decision.kind === 'pass') return { decision: 'pass' };
  const until = decision.kind === 'hold' ? decision.until?.toISOString() : undefined;
  return { decision: `${decision.kind}: ${decision.code}`, ...(until === undefined ? {} : { until }) };
}

async function textOf(session: Session, found: Case, action: Action, channel: Channel): Promise<string | undefined> {
  const template = await templateFor(session, found.enrolment, action.template ?? '');
  if (template === undefined) return undefined;
  const reason = action.text ?? found.step?.title ?? found.plan.title;
  const filled = fillTemplate(template, channel, await messageValues(session, found, { repeat: false, reason }));
  return filled.ok ? filled.value : filled.error.message;
}
