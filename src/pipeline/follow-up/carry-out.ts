import { gateAction, gateOccurrence } from '../../triggers/gate.ts';
import type { GateDecision } from '../../triggers/gate.ts';
import type { Action } from '../../triggers/plan.ts';
import { reachesPatient } from '../../triggers/plan.ts';
import type { Carrying, Outgoing, Performed } from './carrying.ts';
import { performAction } from './actions.ts';
import { isSettled } from './escalation.ts';
import type { Case } from './gate-facts.ts';
import { factsFor, readCase } from './gate-facts.ts';
import type { LoopDeps } from './loop-deps.ts';
import { availableChannels } from './loop-deps.ts';
import type { Ledger, LedgerSend, Noted, Occurrence, Redo } from './rows.ts';
import { putLedger } from './rows.ts';
import type { Session } from './session.ts';
import { noted } from './stop.ts';
import { taskOf } from './work-order.ts';
import { without } from '../../triggers/without.ts';

const LATE_MS = 12 * 3_600_000;
const MOST_SENDS = 200;

/** One action of an occurrence with what the gate says about it. */
interface Judged {
  readonly action: Action;
  readonly redo: Redo;
  readonly decision: GateDecision;
}

/**
 * Decides about a due occurrence and writes the whole outcome into the draft: refusal, hold, work orders, flags, and
 * attempts in state `sending`. Answers the attempts whose provider must be called once the draft is committed.
 */
export async function carryOut(session: Session, deps: LoopDeps, occurrence: Occurrence): Promise<readonly Outgoing[]> {
  const found = await readCase(session, occurrence, availableChannels(deps));
  if (typeof found === 'string') {
    if (found === 'plan-missing') await failWithoutPlan(session, occurrence);
    else await session.saveOccurrence(noted(session, { ...occurrence, state: 'skipped' }, found));
    return [];
  }
  const settled = await isSettled(session, occurrence);
  if (settled !== undefined) {
    await session.saveOccurrence(noted(session, { ...occurrence, state: 'skipped' }, settled));
    return [];
  }
  const decision = lateOr(found, gateOccurrence(found.facts));
  if (decision.kind !== 'pass') {
    await refuseOrHold(session, found, decision);
    return [];
  }
  const judged = actionsOf(found).map(({ action, redo }) => ({
    action,
    redo,
    decision: gateOf(found, action),
  }));
  const hold = judged.find((item) => item.decision.kind === 'hold')?.decision;
  if (hold !== undefined) {
    await refuseOrHold(session, found, hold);
    return [];
  }
  return perform({ session, deps, found }, judged);
}

/** The file of the pinned plan version is gone: nothing can be sent, but a person must know of it. */
async function failWithoutPlan(session: Session, occurrence: Occurrence): Promise<void> {
  const made = await session.own(
    taskOf({
      id: session.resourceId('Task', occurrence.id, 'plan-missing'),
      rec: occurrence.rec,
      status: 'requested',
      priority: 'urgent',
      text: `随访方案 ${occurrence.plan} ${occurrence.version} 已不存在,请人工处理步骤 ${occurrence.step}`,
      owner: 'follow-up-team',
      at: session.context.now,
      origin: `${occurrence.plan}|${occurrence.step}|${occurrence.id}`,
    }),
    occurrence.rec,
  );
  const failed = { ...occurrence, state: 'failed', made: [...occurrence.made, made] } as const;
  await session.saveOccurrence(noted(session, failed, 'plan-missing'));
}

function actionsOf(found: Case): readonly { readonly action: Action; readonly redo: Redo }[] {
  const { occurrence, step } = found;
  const actions =
    occurrence.actions ?? (isLate(found) && step?.at?.late === 'task' ? insteadOfLate(found) : (step?.actions ?? []));
  const todo = occurrence.todo ?? actions.map((_action, action) => ({ action }));
  return todo.flatMap((redo) => {
    const action = actions[redo.action];
    return action === undefined ? [] : [{ action, redo }];
  });
}

/** Whoever wrote to us may be called back. */
function gateOf(found: Case, action: Action): GateDecision {
  const answersReply = found.occurrence.kind === 'reply' && action.type === 'call-task';
  return answersReply ? { kind: 'pass' } : gateAction(action, factsFor(found, action));
}

function isLate(found: Case): boolean {
  const { occurrence, facts } = found;
  if (occurrence.kind !== 'step' || occurrence.event !== undefined) return false;
  const waited = facts.now.getTime() - Date.parse(occurrence.due) > LATE_MS && occurrence.held === undefined;
  return occurrence.overdue === true || waited;
}

/** `late: task`: what would have been sent becomes a call. */
function insteadOfLate(found: Case): readonly Action[] {
  const actions = found.step?.actions ?? [];
  const text = `${found.step?.title ?? found.plan.title}(已逾期,请电话联系)`;
  return actions.map((action) =>
    reachesPatient(action)
      ? { type: 'call-task', to: 'follow-up-team', due: 'P1D', priority: 'routine', text }
      : action,
  );
}

function lateOr(found: Case, decision: GateDecision): GateDecision {
  const skip = decision.kind === 'pass' && isLate(found) && found.step?.at?.late === 'skip';
  return skip ? { kind: 'refuse', code: 'late' } : decision;
}

async function refuseOrHold(session: Session, found: Case, decision: GateDecision): Promise<void> {
  const { occurrence, samePersonAs } = found;
  if (decision.kind === 'refuse') {
    session.deps.metrics.count('jingluo_occurrences_refused_total', { code: decision.code });
    const instead = decision.code === 'same-person' && samePersonAs !== undefined ? { instead: samePersonAs } : {};
    await session.saveOccurrence(noted(session, { ...occurrence, ...instead, state: 'skipped' }, decision.code));
    await completeIfDone(session, found);
    return;
  }
  if (decision.kind !== 'hold') return;
  const repeated = occurrence.held === decision.code;
  const held = {
    ...occurrence,
    held: decision.code,
    ...(decision.until === undefined ? {} : { next: decision.until.toISOString() }),
  };
  const waiting = decision.until === undefined ? { ...held, state: 'paused' as const } : held;
  await session.saveOccurrence(repeated ? waiting : noted(session, waiting, decision.code));
}

async function perform(carrying: Carrying, judged: readonly Judged[]): Promise<readonly Outgoing[]> {
  const { session, found } = carrying;
  const results: Performed[] = [];
  const notes: Noted[] = [];
  const at = session.context.now.toISOString();
  for (const { action, redo, decision } of judged) {
    if (decision.kind === 'refuse') {
      notes.push({ at, code: decision.code, action: redo.action });
      session.deps.metrics.count('jingluo_occurrences_refused_total', { code: decision.code });
      if (decision.code === 'no-address' || decision.code === 'no-sender')
        results.push(await askPeople(carrying, redo, decision.code));
      continue;
    }
    const channel = decision.kind === 'pass' ? decision.channel : undefined;
    const result = await performAction(carrying, { action, redo, channel });
    results.push(result);
    if (result.note === 'template-failed') results.push(await askPeople(carrying, redo, result.note));
    if (result.note !== undefined) notes.push({ at, code: result.note, action: redo.action });
  }
  const outgoing = results.flatMap((result) => result.outgoing);
  await save(carrying, results, notes);
  writeLedgers(carrying, results);
  if (outgoing.length === 0) await completeIfDone(session, found);
  return outgoing;
}

const WHY_NOT = {
  'no-address': '无有效联系方式',
  'no-sender': '无可用通道',
  'template-failed': '模板无法填写',
} as const;

/** A patient who cannot be reached by message is not forgotten: a person calls. */
async function askPeople(carrying: Carrying, redo: Redo, code: keyof typeof WHY_NOT): Promise<Performed> {
  const { session, found } = carrying;
  const { occurrence, plan, step } = found;
  const ref = await session.own(
    taskOf({
      id: session.resourceId('Task', occurrence.id, String(redo.action), code),
      rec: occurrence.rec,
      status: 'requested',
      priority: 'routine',
      text: `${step?.title ?? plan.title}: 消息无法送达(${WHY_NOT[code]}),请电话联系`,
      owner: 'follow-up-team',
      at: session.context.now,
      origin: `${plan.id}|${occurrence.step}`,
      kind: 'call',
    }),
    occurrence.rec,
  );
  return { outgoing: [], made: [ref] };
}

async function save(carrying: Carrying, results: readonly Performed[], notes: readonly Noted[]): Promise<void> {
  const { session, found } = carrying;
  const occurrence = without(found.occurrence, 'todo', 'next', 'held', 'code');
  const ids = results.flatMap((result) => result.outgoing.map(({ attempt }) => attempt.id));
  const acted = results.some((result) => result.outgoing.length > 0 || result.acted === true);
  const refused = notes[0]?.code;
  const state = stateAfter({ sending: ids.length > 0, acted, tried: occurrence.attempts.length > 0, refused });
  await session.saveOccurrence({
    ...occurrence,
    state,
    ...(state !== 'sending' && !acted && refused !== undefined ? { code: refused } : {}),
    open: ids,
    attempts: [...occurrence.attempts, ...ids],
    made: [...new Set([...occurrence.made, ...results.flatMap((result) => result.made)])],
    log: [
      ...occurrence.log,
      ...notes,
      ...(acted ? [{ at: session.context.now.toISOString(), code: 'carried-out' }] : []),
    ],
  });
  if (acted && occurrence.anchorDate !== undefined) await rememberDone(session, found, occurrence.anchorDate);
}

function stateAfter(outcome: {
  readonly sending: boolean;
  readonly acted: boolean;
  readonly tried: boolean;
  readonly refused: string | undefined;
}): Occurrence['state'] {
  if (outcome.sending) return 'sending';
  if (outcome.acted || outcome.refused === undefined) return 'done';
  return outcome.tried ? 'failed' : 'skipped';
}

async function rememberDone(session: Session, found: Case, anchorDate: string): Promise<void> {
  const { occurrence } = found;
  const enrolment = (await session.enrolment(occurrence.enrolment)) ?? found.enrolment;
  const { step, n } = occurrence;
  const known = enrolment.done.some((done) => done.step === step && done.n === n && done.anchorDate === anchorDate);
  if (!known) await session.saveEnrolment({ ...enrolment, done: [...enrolment.done, { step, n, anchorDate }] });
}

/** What reaches a patient, and every dated step, is in the ledgers; all members' rows are bumped in the same commit. */
function writeLedgers(carrying: Carrying, results: readonly Performed[]): void {
  const { session, found } = carrying;
  const { occurrence, ledgers } = found;
  const dated = occurrence.kind === 'step' && occurrence.event === undefined;
  const sent = results.flatMap((result) => result.outgoing).filter(({ attempt }) => attempt.audience === 'patient');
  const acted = results.some((result) => result.acted === true);
  if (sent.length === 0 && !(dated && acted)) return;
  const { plan, step, n, due, id } = occurrence;
  const entry: LedgerSend = { at: session.context.now.toISOString(), plan, step, n, due, occurrence: id, dated };
  const entries = sent.length === 0 ? [entry] : sent.map(({ attempt }) => ({ ...entry, channel: attempt.channel }));
  for (const ledger of ledgers)
    putLedger(session.draft, ledger.rec === occurrence.rec ? withSends(ledger, entries) : ledger);
}

function withSends(ledger: Ledger, entries: readonly LedgerSend[]): Ledger {
  return { ...ledger, sends: [...ledger.sends, ...entries].slice(-MOST_SENDS) };
}

/** An enrolment with nothing left to come is completed; one with `on:` steps waits for further events. */
export async function completeIfDone(session: Session, found: Pick<Case, 'occurrence' | 'plan'>): Promise<void> {
  const enrolment = await session.enrolment(found.occurrence.enrolment);
  if (enrolment?.state !== 'active' || found.plan.steps.some((step) => step.on.length > 0)) return;
  const missing = found.plan.steps.some(
    (step) => step.at !== undefined && enrolment.anchors[step.at.anchor] === undefined,
  );
  if (missing) return;
  const all = await session.occurrences(enrolment);
  const open = all.some(
    ({ round, state }) =>
      round === enrolment.round && (state === 'planned' || state === 'paused' || state === 'sending'),
  );
  if (!open) await session.saveEnrolment({ ...enrolment, state: 'completed' });
}
