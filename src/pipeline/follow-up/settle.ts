import { jsonOf } from '../../store/body.ts';
import { sha256 } from '../../core/ids.ts';
import type { SendStatus } from '../../senders/port.ts';
import type { Plan, Step } from '../../triggers/plan.ts';
import { plus } from '../../triggers/times.ts';
import { DateTime } from 'luxon';
import { completeIfDone } from './carry-out.ts';
import { addressHash } from './gate-facts.ts';
import type { LoopDeps } from './loop-deps.ts';
import type { Attempt, Occurrence, Redo } from './rows.ts';
import { putAttempt, putLedger, readLedgers } from './rows.ts';
import type { Session } from './session.ts';
import { taskOf } from './work-order.ts';
import { communicationOf } from './communication.ts';
import { without } from '../../triggers/without.ts';

/** What became of an attempt, as far as it can be known. */
export type Verdict =
  | Exclude<SendStatus, { readonly status: 'unknown' }>
  /** The provider was never called: our lease had run too far. */
  | { readonly status: 'unsent' }
  /** The provider does not know it and would refuse a repeated id, or it is for staff: it is sent again. */
  | { readonly status: 'again'; readonly repeat: boolean }
  /** Nobody can say whether it went out. */
  | { readonly status: 'uncertain' };

/** How long a message waits that was not sent because of our own delay. */
const RETRY_MS = 1_000;
const DAY = 86_400_000;

/** Writes the outcome of an attempt and what follows for its occurrence. Does nothing where the outcome is known already. */
export async function settle(session: Session, deps: LoopDeps, attemptId: string, verdict: Verdict): Promise<void> {
  const row = await session.draft.get('attempts', attemptId);
  const attempt = row === undefined ? undefined : jsonOf<Attempt>(row);
  if (attempt?.state !== 'sending') return;
  const settled = settledAttempt(attempt, verdict);
  putAttempt(session.draft, settled, addressHash(deps.installation, attempt.to));
  deps.metrics.count('jingluo_attempts_total', { channel: attempt.channel, state: settled.state });
  const found = await session.draft.get('occurrences', attempt.occurrence);
  const occurrence = found === undefined ? undefined : jsonOf<Occurrence>(found);
  if (occurrence === undefined) return;
  await correctLedger(session, deps, attempt, verdict);
  const next = await occurrenceAfter(session, occurrence, attempt, verdict);
  await session.saveOccurrence(next);
  const enrolment = await session.enrolment(occurrence.enrolment);
  const plan = enrolment === undefined ? undefined : session.planOf(enrolment);
  if (settled.audience === 'patient' && settled.state === 'accepted') {
    const id = session.resourceId('Communication', attempt.id);
    await session.own(communicationOf(id, settled, session.context.now), attempt.rec);
  }
  if (plan === undefined || next.state === 'planned' || next.state === 'sending') return;
  await planNoReply(session, plan, next, verdict);
  await completeIfDone(session, { occurrence: next, plan });
}

function settledAttempt(attempt: Attempt, verdict: Verdict): Attempt {
  switch (verdict.status) {
    case 'accepted':
      return {
        ...attempt,
        state: 'accepted',
        ...(verdict.providerId === undefined ? {} : { providerId: verdict.providerId }),
      };
    case 'rejected':
      return { ...attempt, state: 'rejected', reason: verdict.problem.code };
    case 'throttled':
    case 'unsent':
    case 'uncertain':
      return { ...attempt, state: verdict.status };
    case 'again':
      return { ...attempt, state: 'lost' };
  }
}

/** What did not reach the patient leaves the ledger; an address that the provider calls bad is remembered. */
async function correctLedger(session: Session, deps: LoopDeps, attempt: Attempt, verdict: Verdict): Promise<void> {
  const { status } = verdict;
  if (attempt.audience !== 'patient' || (status !== 'rejected' && status !== 'throttled' && status !== 'unsent'))
    return;
  const [ledger] = await readLedgers(session.draft, [attempt.rec]);
  if (ledger === undefined) return;
  const sends = ledger.sends.filter(
    (send) => send.occurrence !== attempt.occurrence || send.channel !== attempt.channel,
  );
  const isBad = status === 'rejected' && verdict.badAddress === true;
  const bad = isBad ? [...new Set([...ledger.bad, addressHash(deps.installation, attempt.to)])] : ledger.bad;
  putLedger(session.draft, { ...ledger, sends, bad });
}

async function occurrenceAfter(
  session: Session,
  occurrence: Occurrence,
  attempt: Attempt,
  verdict: Verdict,
): Promise<Occurrence> {
  const now = session.context.now;
  const open = occurrence.open.filter((id) => id !== attempt.id);
  const log = [...occurrence.log, { at: now.toISOString(), code: verdict.status, action: attempt.action }];
  const redo = occurrence.kind === 'correction' ? undefined : redoOf(attempt, verdict);
  const todo = [...(occurrence.todo ?? []), ...(redo === undefined ? [] : [redo])];
  const tried = verdict.status === 'rejected' ? [...new Set([...occurrence.tried, attempt.channel])] : occurrence.tried;
  const base = { ...occurrence, open, log, tried, ...(todo.length === 0 ? {} : { todo }) };
  if (open.length > 0) return base;
  const ended = await hasEnded(session, occurrence);
  if (todo.length > 0 && !ended) {
    return { ...base, state: 'planned', next: new Date(now.getTime() + waitAfter(verdict)).toISOString() };
  }
  if (verdict.status === 'accepted' || ended) return { ...base, state: 'done' };
  const made = await handToPeople(session, occurrence, attempt, verdict.status);
  return { ...base, state: 'failed', code: verdict.status, made: [...occurrence.made, made] };
}

/** Milliseconds until the next try. */
function waitAfter(verdict: Verdict): number {
  if (verdict.status === 'throttled') return verdict.retryAfterMs;
  return verdict.status === 'unsent' ? RETRY_MS : 0;
}

/** What has to be done again, and how. A rejected message tries the next channel; the gate decides whether there is one. */
function redoOf(attempt: Attempt, verdict: Verdict): Redo | undefined {
  const { action, providerKey, repeat } = attempt;
  switch (verdict.status) {
    case 'accepted':
    case 'uncertain':
      return undefined;
    case 'rejected':
    case 'throttled':
      return { action, ...(repeat ? { repeat } : {}) };
    case 'unsent':
      return { action, providerKey, ...(repeat ? { repeat } : {}) };
    case 'again':
      return { action, providerKey, ...(verdict.repeat ? { repeat: true } : {}) };
  }
}

/** A plan that was stopped meanwhile sends nothing again. */
async function hasEnded(session: Session, occurrence: Occurrence): Promise<boolean> {
  const enrolment = await session.enrolment(occurrence.enrolment);
  return enrolment === undefined || (enrolment.state === 'cancelled' && occurrence.kind !== 'correction');
}

async function handToPeople(
  session: Session,
  occurrence: Occurrence,
  attempt: Attempt,
  reason: string,
): Promise<string> {
  return session.own(
    taskOf({
      id: session.resourceId('Task', attempt.id, reason),
      rec: occurrence.rec,
      status: 'requested',
      priority: attempt.audience === 'staff' ? 'stat' : 'routine',
      text: reason === 'uncertain' ? '无法确认消息是否已发出,请人工核实' : '消息发送失败,请电话联系',
      owner: 'follow-up-team',
      at: session.context.now,
      origin: `${occurrence.plan}|${occurrence.step}`,
      kind: 'call',
    }),
    occurrence.rec,
  );
}

async function planNoReply(session: Session, plan: Plan, occurrence: Occurrence, verdict: Verdict): Promise<void> {
  const step: Step | undefined = plan.steps.find((candidate) => candidate.id === occurrence.step);
  if (verdict.status !== 'accepted' || step?.noReply === undefined || occurrence.kind !== 'step') return;
  const id = sha256(occurrence.id, 'no-reply');
  if ((await session.draft.get('occurrences', id)) !== undefined) return;
  const due = plus(DateTime.fromJSDate(session.context.now, { zone: plan.zone }), step.noReply.after).toJSDate();
  const rest = without(occurrence, 'todo', 'code', 'anchorDate');
  await session.saveOccurrence({
    ...rest,
    id,
    kind: 'no-reply',
    of: occurrence.id,
    actions: step.noReply.actions,
    due: due.toISOString(),
    expires: new Date(due.getTime() + 7 * DAY).toISOString(),
    state: 'planned',
    open: [],
    attempts: [],
    tried: [],
    made: [],
    log: [],
  });
}
