import { jsonOf } from '../../store/body.ts';
import type { StaffMember } from '../../triggers/directory.ts';
import type { Channel } from '../../triggers/plan.ts';
import { after } from './after.ts';
import type { Carrying, Doing, Outgoing, Performed } from './carrying.ts';
import { planEscalations, STAFF_CHANNELS } from './escalation.ts';
import { senderOf } from './loop-deps.ts';
import type { Attempt } from './rows.ts';
import { findAll } from './rows.ts';
import { recipientsOf } from './staff.ts';
import { taskOf } from './work-order.ts';
import { writeAttempt } from './write-attempt.ts';

const MAY_HAVE_REACHED: ReadonlySet<Attempt['state']> = new Set(['accepted', 'sending', 'uncertain', 'lost']);

/** Tells staff at once; with `ackWithin` a Task waits for the acknowledgement and the escalation is planned. */
export async function notifyStaff(carrying: Carrying, doing: Doing): Promise<Performed> {
  const { found } = carrying;
  if (found.occurrence.kind === 'correction') return correct(carrying, doing);
  const to = doing.action.to ?? 'follow-up-team';
  const people = await recipientsOf(carrying.session, found, to);
  const outgoing = await firstReachable(carrying, doing, people);
  const made = await alertTask(carrying, doing, people[0]);
  await planEscalations(carrying, doing, undefined, outgoing === undefined);
  await handOver(carrying, people[0]);
  if (outgoing === undefined) return { outgoing: [], made, note: 'no-address', acted: made.length > 0 };
  return { outgoing: [outgoing], made, acted: true };
}

/** The first person and channel that a sender serves and that was not tried in vain. */
async function firstReachable(
  carrying: Carrying,
  doing: Doing,
  people: readonly StaffMember[],
): Promise<Outgoing | undefined> {
  const { channels } = doing.action;
  const wanted: readonly Channel[] = channels === undefined || channels === 'auto' ? STAFF_CHANNELS : channels;
  const template = doing.action.template ?? 'staff-task';
  for (const person of people) {
    for (const channel of wanted) {
      const address = person.addresses[channel];
      const tried = carrying.found.occurrence.tried.includes(channel);
      if (address === undefined || tried || senderOf(carrying.deps, channel) === undefined) continue;
      const recipient = {
        audience: 'staff',
        channel,
        why: 'plan',
        to: address,
        recipient: person.id,
        template,
      } as const;
      return writeAttempt(carrying, doing, recipient);
    }
  }
  return undefined;
}

async function alertTask(
  carrying: Carrying,
  doing: Doing,
  person: StaffMember | undefined,
): Promise<readonly string[]> {
  const { session, found } = carrying;
  const { action, redo } = doing;
  const { occurrence, plan } = found;
  if (action.ackWithin === undefined) return [];
  const id = session.resourceId('Task', occurrence.id, String(redo.action));
  const known = await session.deps.reader.resource(session.draft, `Task/${id}`);
  if (known !== undefined) return [`Task/${id}`];
  const owner = action.to ?? 'follow-up-team';
  const ref = await session.own(
    taskOf({
      id,
      rec: occurrence.rec,
      status: 'requested',
      priority: action.priority ?? 'stat',
      text: action.text ?? plan.title,
      owner: person?.id ?? owner,
      ...(person === undefined ? {} : { ownerName: person.name }),
      at: session.context.now,
      due: after(session.context.now, action.ackWithin, plan.zone),
      ...(occurrence.event === undefined ? {} : { focus: occurrence.event.ref }),
      origin: `${plan.id}|${occurrence.step}|${occurrence.id}`,
      kind: 'alert',
    }),
    occurrence.rec,
  );
  return [ref];
}

/** A work order that escalates belongs to whoever was told last. */
async function handOver(carrying: Carrying, person: StaffMember | undefined): Promise<void> {
  const { session, found } = carrying;
  const { kind, task, rec } = found.occurrence;
  if (kind !== 'escalation' || task === undefined || person === undefined) return;
  const resource = await session.deps.reader.resource(session.draft, task);
  if (resource === undefined) return;
  const owner = { identifier: { system: 'urn:jingluo:staff', value: person.id }, display: person.name };
  await session.own({ ...resource, owner }, rec);
}

/** Everybody who was told the wrong value is told the right one, on the same way. */
async function correct(carrying: Carrying, doing: Doing): Promise<Performed> {
  const template = doing.action.template ?? 'correction-notice';
  const outgoing: Outgoing[] = [];
  for (const attempt of await toldOf(carrying)) {
    const { channel, to, recipient } = attempt;
    const same = { audience: 'staff', channel, why: 'correction', to, template } as const;
    const next = await writeAttempt(carrying, doing, recipient === undefined ? same : { ...same, recipient });
    if (next !== undefined) outgoing.push(next);
  }
  return { outgoing, made: [], acted: true };
}

/** One attempt for each address that the alert or one of its escalations may have reached. */
async function toldOf(carrying: Carrying): Promise<readonly Attempt[]> {
  const { draft } = carrying.session;
  const parent = carrying.found.occurrence.of ?? '';
  const escalations = await findAll(draft, 'occurrences', `of|${parent}`);
  const keys = [parent, ...escalations.map((row) => row.id)].map((id) => `occurrence|${id}`);
  const attempts = (await findAll(draft, 'attempts', keys)).map((row) => jsonOf<Attempt>(row));
  const reached = attempts.filter(({ audience, state }) => audience === 'staff' && MAY_HAVE_REACHED.has(state));
  return [...new Map(reached.map((attempt) => [`${attempt.channel}|${attempt.to}`, attempt])).values()];
}
