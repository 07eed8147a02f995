import type { StaffMember } from '../../triggers/directory.ts';
import type { Action } from '../../triggers/plan.ts';
import { after } from './after.ts';
import { factsFor } from './gate-facts.ts';
import type { Carrying, Doing, Performed } from './carrying.ts';
import { writeAttempt } from './write-attempt.ts';
import { planEscalations } from './escalation.ts';
import { notifyStaff } from './notify-staff.ts';
import { optOutConsent } from './consents.ts';
import { recipientsOf } from './staff.ts';
import { cancel } from './stop.ts';
import type { WorkOrder } from './work-order.ts';
import { taskOf } from './work-order.ts';

type Performer = (carrying: Carrying, doing: Doing) => Promise<Performed>;

const PERFORMERS: Readonly<Record<Action['type'], Performer>> = {
  message: sendMessage,
  'notify-staff': notifyStaff,
  'call-task': makeTask,
  task: makeTask,
  flag: raiseFlag,
  'end-plan': endPlan,
  'opt-out': optOut,
};

/** Writes what one action makes into the draft. */
export function performAction(carrying: Carrying, doing: Doing): Promise<Performed> {
  return PERFORMERS[doing.action.type](carrying, doing);
}

async function sendMessage(carrying: Carrying, doing: Doing): Promise<Performed> {
  const { found } = carrying;
  const { channel, action } = doing;
  const address = channel === undefined ? undefined : factsFor(found, action).channels.addresses[channel.channel];
  if (channel === undefined || address === undefined) return { outgoing: [], made: [], note: 'no-address' };
  const attempt = await writeAttempt(carrying, doing, {
    audience: 'patient',
    channel: channel.channel,
    why: channel.reason,
    to: address,
    template: action.template ?? '',
  });
  return attempt === undefined
    ? { outgoing: [], made: [], note: 'template-failed' }
    : { outgoing: [attempt], made: [], acted: true };
}

/** A work order: an outcome of the gate, written in the commit. */
async function makeTask(carrying: Carrying, doing: Doing): Promise<Performed> {
  const { session, found } = carrying;
  const { action, redo } = doing;
  const { occurrence, plan, step } = found;
  const owner = action.to ?? 'follow-up-team';
  const [person] = await recipientsOf(session, found, owner);
  const ref = await session.own(
    taskOf({
      id: session.resourceId('Task', occurrence.id, String(redo.action)),
      rec: occurrence.rec,
      status: 'requested',
      priority: action.priority ?? 'routine',
      text: action.text ?? step?.title ?? plan.title,
      ...ownerOf(person, owner),
      at: session.context.now,
      due: after(session.context.now, action.due ?? 'P1D', plan.zone),
      ...(occurrence.event === undefined ? {} : { focus: occurrence.event.ref }),
      origin: `${plan.id}|${occurrence.step}`,
      ...(action.questionnaire === undefined ? {} : { questionnaire: action.questionnaire }),
      kind: action.type === 'call-task' ? 'call' : 'task',
    }),
    occurrence.rec,
  );
  await planEscalations(carrying, doing, ref);
  return { outgoing: [], made: [ref], acted: true };
}

/** The person if one is known, else the role. */
function ownerOf(person: StaffMember | undefined, role: string): Pick<WorkOrder, 'owner' | 'ownerName'> {
  return person === undefined ? { owner: role } : { owner: person.id, ownerName: person.name };
}

async function raiseFlag(carrying: Carrying, doing: Doing): Promise<Performed> {
  const { session, found } = carrying;
  const { occurrence, plan } = found;
  const code = doing.action.code ?? 'follow-up';
  const ref = await session.own(
    {
      resourceType: 'Flag',
      id: session.resourceId('Flag', occurrence.id, String(doing.redo.action)),
      status: 'active',
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/flag-category', code: 'clinical' }] }],
      code: { coding: [{ system: 'urn:jingluo:flag', code }], text: doing.action.text ?? plan.title },
      subject: { reference: `Patient/${occurrence.rec}` },
      period: { start: session.context.now.toISOString() },
      ...(occurrence.event?.encounter === undefined ? {} : { encounter: { reference: occurrence.event.encounter } }),
    },
    occurrence.rec,
  );
  return { outgoing: [], made: [ref], acted: true };
}

async function endPlan(carrying: Carrying): Promise<Performed> {
  const { session, found } = carrying;
  const at = session.context.now.toISOString();
  const enrolment = (await session.enrolment(found.occurrence.enrolment)) ?? found.enrolment;
  await cancel(session, enrolment, { reason: 'ended-by-plan', rec: found.occurrence.rec, at });
  return { outgoing: [], made: [], acted: true };
}

async function optOut(carrying: Carrying): Promise<Performed> {
  const { session, found } = carrying;
  const { rec } = found.occurrence;
  const channel = found.occurrence.tried[0] ?? 'sms';
  const id = session.resourceId('Consent', 'opt-out', rec, channel);
  return {
    outgoing: [],
    made: [await session.own(optOutConsent(id, rec, channel, session.context.now), rec)],
    acted: true,
  };
}
