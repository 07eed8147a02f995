import { jsonOf } from '../../store/body.ts';
import { sha256 } from '../../core/ids.ts';
import type { Problem } from '../../core/problem.ts';
import { problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import { err, ok } from '../../core/result.ts';
import type { SenderEvent } from '../../senders/port.ts';
import { Draft } from '../../store/draft.ts';
import type { Store } from '../../store/port.ts';
import type { Channel } from '../../triggers/plan.ts';
import type { Risk } from '../../triggers/reply.ts';
import { classifyReply, normaliseReply } from '../../triggers/reply.ts';
import { communicationOf } from './communication.ts';
import { optOutConsent } from './consents.ts';
import type { FollowUpDeps } from './deps.ts';
import { addressHash } from './gate-facts.ts';
import type { Attempt, Enrolment, Occurrence } from './rows.ts';
import { findAll, putAttempt, putLedger, readLedgers } from './rows.ts';
import { emptyOccurrence } from './schedule.ts';
import { Session } from './session.ts';
import { simplify } from '../../core/simplify.ts';
import { noted } from './stop.ts';
import { closedTask, isOpenTask } from './work-order.ts';

/** What answers from patients, staff and providers do to follow-up. */
export interface Answers {
  /** A patient's reply: classified, kept, acted upon. Fails with `trigger.occurrence-unknown` where nobody was written to at this address. */
  reply(event: Extract<SenderEvent, { kind: 'reply' }>): Promise<Result<{ readonly risk: Risk }, Problem>>;
  /** Staff has seen an alert: by attempt id, occurrence id or `Task/<id>`. A second acknowledgement changes nothing. */
  acknowledge(name: string, by: string): Promise<Result<{ readonly occurrence: string }, Problem>>;
  /** A delivery receipt. */
  receipt(event: Extract<SenderEvent, { kind: 'receipt' }>): Promise<Result<true, Problem>>;
}

/** What answers are given. */
export interface AnswerDeps extends FollowUpDeps {
  readonly store: Store;
  /** Called when something may have become due. */
  readonly wake: () => void;
}

const MOST_CONFLICTS = 12;
const NOTHING_KNOWN = { doc: {}, event: undefined, now: new Date(0), zone: 'UTC' } as const;
const DAY = 86_400_000;

/** Makes the part of follow-up that takes answers. */
export function createAnswers(deps: AnswerDeps): Answers {
  return {
    reply: (event) =>
      decide(deps, `reply:${event.attempt ?? event.from.length}`, (session) => takeReply(session, event)),
    acknowledge: (name, by) => decide(deps, name, (session) => takeAcknowledgement(session, name, by)),
    receipt: (event) => decide(deps, event.attempt, (session) => takeReceipt(session, event)),
  };
}

async function decide<T>(
  deps: AnswerDeps,
  cause: string,
  step: (session: Session) => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
    const draft = new Draft(deps.store);
    const now = await deps.store.now();
    const session = new Session(deps, draft, { cause, at: now, now, backfill: false });
    const result = await step(session);
    if (result.ok) await session.finish();
    if (!result.ok || draft.empty || (await draft.commit()).ok) {
      deps.wake();
      return result;
    }
  }
  return err(problem('pipeline.conflict', 'others kept changing the same rows'));
}

async function takeReply(
  session: Session,
  event: Extract<SenderEvent, { kind: 'reply' }>,
): Promise<Result<{ readonly risk: Risk }, Problem>> {
  const asked = await questionOf(session, event);
  if (asked === undefined) return err(problem('trigger.occurrence-unknown', 'nobody was written to at this address'));
  const enrolment = await session.enrolment(asked.enrolment);
  const plan = enrolment === undefined ? undefined : session.planOf(enrolment);
  const person = await session.person(asked.rec);
  if (enrolment === undefined || person === undefined) {
    return err(problem('trigger.occurrence-unknown', `the enrolment of attempt ${asked.id} is gone`));
  }
  const id = sha256('reply', event.from, event.text, event.id ?? event.at.toISOString());
  const reply = normaliseReply(event.text, simplify);
  // Where the plan version is gone, the opt-out words still hold and a person reads the rest.
  const classified =
    plan === undefined
      ? classifyReply(reply, {}, NOTHING_KNOWN)
      : classifyReply(reply, plan, await session.scope(plan, person, undefined, enrolment));
  const { risk } = classified;
  if ((await session.draft.get('attempts', id)) !== undefined) return ok({ risk });
  const received = receivedAttempt(asked, { id, text: event.text, risk, at: event.at });
  putAttempt(session.draft, received, addressHash(session.deps.installation, event.from));
  await session.own(communicationOf(session.resourceId('Communication', id), received, event.at), asked.rec);
  await endWaiting(session, enrolment, asked.occurrence);
  const [ledger] = await readLedgers(session.draft, [asked.rec]);
  if (ledger !== undefined) putLedger(session.draft, { ...ledger, lastAnswered: asked.channel });
  if (risk === 'optout') await recordOptOut(session, person.members, asked);
  else await session.saveEnrolment({ ...((await session.enrolment(enrolment.id)) ?? enrolment), risk });
  const actions = classified.actions.filter((action) => action.type !== 'opt-out');
  if (actions.length > 0) {
    const now = session.context.now;
    await session.saveOccurrence({
      ...emptyOccurrence(enrolment, { id: sha256(id, 'actions'), step: asked.step, n: asked.n }),
      kind: 'reply',
      of: asked.occurrence,
      actions,
      due: now.toISOString(),
      expires: new Date(now.getTime() + 7 * DAY).toISOString(),
      state: 'planned',
    });
  }
  session.deps.metrics.count('jingluo_replies_total', { risk });
  return ok({ risk });
}

/** The message that is answered: by attempt, else the latest one to this address that was sent. */
async function questionOf(
  session: Session,
  event: Extract<SenderEvent, { kind: 'reply' }>,
): Promise<Attempt | undefined> {
  if (event.attempt !== undefined) {
    const row = await session.draft.get('attempts', event.attempt);
    return row === undefined ? undefined : jsonOf<Attempt>(row);
  }
  const rows = await findAll(session.draft, 'attempts', `to|${addressHash(session.deps.installation, event.from)}`);
  const sent = rows
    .map((row) => jsonOf<Attempt>(row))
    .filter((attempt) => attempt.direction === 'out' && attempt.audience === 'patient');
  return sent.sort((a, b) => b.at.localeCompare(a.at))[0];
}

function receivedAttempt(
  asked: Attempt,
  reply: { readonly id: string; readonly text: string; readonly risk: Risk; readonly at: Date },
): Attempt {
  return {
    ...asked,
    id: reply.id,
    direction: 'in',
    text: reply.text,
    template: '',
    templateVersion: '',
    why: `reply:${asked.id}`,
    state: 'received',
    at: reply.at.toISOString(),
    risk: reply.risk,
    providerKey: reply.id,
    repeat: false,
  };
}

/** Who has answered is not asked again. */
async function endWaiting(session: Session, enrolment: Enrolment, parent: string): Promise<void> {
  for (const occurrence of await session.occurrences(enrolment)) {
    if (occurrence.kind === 'no-reply' && occurrence.of === parent && occurrence.state === 'planned') {
      await session.saveOccurrence(noted(session, { ...occurrence, state: 'cancelled' }, 'answered'));
    }
  }
}

async function recordOptOut(session: Session, members: readonly string[], asked: Attempt): Promise<void> {
  const channel: Channel = asked.channel;
  const id = session.resourceId('Consent', 'opt-out', asked.rec, channel);
  await session.own(optOutConsent(id, asked.rec, channel, session.context.now), asked.rec);
  await session.bump(members.filter((member) => member !== asked.rec));
}

async function takeAcknowledgement(
  session: Session,
  name: string,
  by: string,
): Promise<Result<{ readonly occurrence: string }, Problem>> {
  const occurrence = await alertOf(session, name);
  if (occurrence === undefined) return err(problem('trigger.occurrence-unknown', `there is no alert ${name}`));
  if (occurrence.acknowledged !== undefined) return ok({ occurrence: occurrence.id });
  const at = session.context.now.toISOString();
  await session.saveOccurrence(noted(session, { ...occurrence, acknowledged: { by, at } }, 'acknowledged'));
  await endEscalation(session, occurrence, by);
  const enrolment = await session.enrolment(occurrence.enrolment);
  const plan = enrolment === undefined ? undefined : session.planOf(enrolment);
  const alertsOnly = plan?.steps.every((step) => step.at === undefined) === true;
  if (enrolment?.state === 'active' && alertsOnly) await session.saveEnrolment({ ...enrolment, state: 'completed' });
  return ok({ occurrence: occurrence.id });
}

async function endEscalation(session: Session, occurrence: Occurrence, by: string): Promise<void> {
  for (const row of await findAll(session.draft, 'occurrences', `of|${occurrence.id}`)) {
    const child = jsonOf<Occurrence>(row);
    if (child.kind !== 'escalation' || child.state !== 'planned') continue;
    await session.saveOccurrence(noted(session, { ...child, state: 'cancelled' }, 'acknowledged'));
  }
  for (const ref of occurrence.made) {
    const task = await session.deps.reader.resource(session.draft, ref);
    if (task?.resourceType !== 'Task' || !isOpenTask(task)) continue;
    await session.own(closedTask(task, 'completed', `acknowledged by ${by}`), occurrence.rec);
  }
}

/** The alert behind an attempt, an occurrence (or one of its escalations) or a Task. */
async function alertOf(session: Session, name: string): Promise<Occurrence | undefined> {
  let id = name;
  if (name.startsWith('Task/')) {
    const task = await session.deps.reader.resource(session.draft, name);
    const [identifier] = Array.isArray(task?.['identifier'])
      ? (task['identifier'] as readonly { value?: string }[])
      : [];
    id = identifier?.value?.split('|')[2] ?? '';
  }
  const attempt = await session.draft.get('attempts', id);
  if (attempt !== undefined) id = jsonOf<Attempt>(attempt).occurrence;
  const row = await session.draft.get('occurrences', id);
  if (row === undefined) return undefined;
  const occurrence = jsonOf<Occurrence>(row);
  if (occurrence.kind !== 'escalation' || occurrence.of === undefined) return occurrence;
  const parent = await session.draft.get('occurrences', occurrence.of);
  return parent === undefined ? undefined : jsonOf<Occurrence>(parent);
}

async function takeReceipt(
  session: Session,
  event: Extract<SenderEvent, { kind: 'receipt' }>,
): Promise<Result<true, Problem>> {
  const row = await session.draft.get('attempts', event.attempt);
  if (row === undefined) return err(problem('trigger.occurrence-unknown', `there is no attempt ${event.attempt}`));
  const attempt = jsonOf<Attempt>(row);
  if (attempt.delivered === event.delivered || attempt.direction === 'in') return ok(true);
  const known = {
    ...attempt,
    delivered: event.delivered,
    ...(event.reason === undefined ? {} : { reason: event.reason }),
  };
  // While the attempt is still `sending`, its row stays claimable: the receipt does not say that our own call ended.
  const lookAt = row.fields['dueAt'];
  putAttempt(
    session.draft,
    known,
    addressHash(session.deps.installation, attempt.to),
    lookAt instanceof Date ? lookAt : undefined,
  );
  return ok(true);
}
