import { sha256 } from '../../core/ids.ts';
import type { Channel } from '../../triggers/plan.ts';
import { fillTemplate } from '../../triggers/template.ts';
import type { Carrying, Doing, Outgoing } from './carrying.ts';
import { addressHash } from './gate-facts.ts';
import { templateFor } from './kept-templates.ts';
import { LEASE_MS, senderOf } from './loop-deps.ts';
import { messageValues } from './message-values.ts';
import type { Attempt } from './rows.ts';
import { putAttempt } from './rows.ts';

/** Who an attempt goes to and how. */
export interface Recipient {
  readonly audience: 'patient' | 'staff';
  readonly channel: Channel;
  readonly why: string;
  readonly to: string;
  readonly recipient?: string;
  readonly template: string;
}

/**
 * Puts an attempt in state `sending` with our id; the provider is called only after this is durable. Undefined where
 * the template cannot be filled or nothing sends on this channel.
 */
export async function writeAttempt(carrying: Carrying, doing: Doing, to: Recipient): Promise<Outgoing | undefined> {
  const { session, deps, found } = carrying;
  const { occurrence } = found;
  const template = await templateFor(session, found.enrolment, to.template);
  const sender = senderOf(deps, to.channel);
  if (template === undefined || sender === undefined) return undefined;
  const repeat = doing.redo.repeat === true;
  const reason = doing.action.text ?? found.step?.title ?? found.plan.title;
  const filled = fillTemplate(template, to.channel, await messageValues(session, found, { repeat, reason }));
  if (!filled.ok) {
    deps.log.warn('template.failed', { template: to.template, plan: found.plan.id });
    return undefined;
  }
  const text =
    to.audience === 'patient' && to.channel === 'sms'
      ? withHint(filled.value, deps.config.policy.optOutHint)
      : filled.value;
  const id = sha256(
    occurrence.id,
    'attempt',
    String(doing.redo.action),
    to.channel,
    to.to,
    String(occurrence.attempts.length),
  );
  const attempt: Attempt = {
    id,
    direction: 'out',
    occurrence: occurrence.id,
    enrolment: occurrence.enrolment,
    rec: occurrence.rec,
    plan: occurrence.plan,
    step: occurrence.step,
    n: occurrence.n,
    action: doing.redo.action,
    purpose: found.facts.purpose,
    ...to,
    text: text.slice(0, sender.sender.maxLength),
    templateVersion: template.version,
    priority: doing.action.priority ?? 'routine',
    state: 'sending',
    at: session.context.now.toISOString(),
    providerKey: doing.redo.providerKey ?? id,
    repeat,
    lookups: 0,
  };
  const lookAt = new Date(session.context.now.getTime() + (deps.leaseMs ?? LEASE_MS));
  putAttempt(session.draft, attempt, addressHash(deps.installation, to.to), lookAt);
  return { attempt, sender };
}

function withHint(text: string, hint: string): string {
  return hint === '' || text.includes(hint) ? text : `${text}${hint}`;
}
