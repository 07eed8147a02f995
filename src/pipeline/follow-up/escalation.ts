import { jsonOf } from '../../store/body.ts';
import { sha256 } from '../../core/ids.ts';
import type { Action, Escalation } from '../../triggers/plan.ts';
import { after } from './after.ts';
import type { Carrying, Doing } from './carrying.ts';
import type { Occurrence } from './rows.ts';

import type { Session } from './session.ts';
import { isOpenTask } from './work-order.ts';
import { without } from '../../triggers/without.ts';

/** Ways to reach staff where an escalation names none, best first. */
export const STAFF_CHANNELS = ['wecom', 'dingtalk', 'sms', 'voice'] as const;

/**
 * Plans the levels of an escalation as occurrences, in the commit that starts the clock, so that a crash cannot lose
 * them. `now`: nobody could be told at the level before, so the first one is due at once.
 */
export async function planEscalations(carrying: Carrying, doing: Doing, task?: string, now = false): Promise<void> {
  const { session, found } = carrying;
  const { occurrence, plan } = found;
  const levels = doing.action.escalate ?? [];
  for (const [level, escalation] of levels.entries()) {
    const id = sha256(occurrence.id, 'escalation', String(doing.redo.action), String(level));
    if ((await session.draft.get('occurrences', id)) !== undefined) continue;
    const due = now && level === 0 ? session.context.now : after(session.context.now, escalation.after, plan.zone);
    const rest = without(occurrence, 'todo', 'next', 'held', 'code', 'acknowledged');
    await session.saveOccurrence({
      ...rest,
      id,
      kind: 'escalation',
      of: occurrence.id,
      level,
      actions: [actionOf(doing.action, escalation)],
      ...(task === undefined ? {} : { task }),
      due: due.toISOString(),
      expires: new Date(due.getTime() + 86_400_000).toISOString(),
      state: 'planned',
      open: [],
      attempts: [],
      tried: [],
      made: [],
      log: [],
    });
  }
}

function actionOf(action: Action, escalation: Escalation): Action {
  return {
    type: 'notify-staff',
    to: escalation.to,
    channels:
      escalation.channels ?? (action.channels === 'auto' ? STAFF_CHANNELS : (action.channels ?? STAFF_CHANNELS)),
    priority: action.priority ?? 'urgent',
    template: action.type === 'notify-staff' ? (action.template ?? 'staff-task') : 'staff-task',
    ...(action.text === undefined ? {} : { text: action.text }),
  };
}

/** The reason why an escalation or a reminder about a missing reply has nothing left to do; undefined where it has. */
export async function isSettled(session: Session, occurrence: Occurrence): Promise<string | undefined> {
  if (occurrence.kind !== 'escalation' || occurrence.of === undefined) return undefined;
  const row = await session.draft.get('occurrences', occurrence.of);
  const parent = row === undefined ? undefined : jsonOf<Occurrence>(row);
  if (parent?.acknowledged !== undefined) return 'acknowledged';
  if (parent?.state === 'cancelled') return 'superseded';
  const watched = occurrence.task === undefined ? (parent?.made ?? []) : [occurrence.task];
  return (await anyClosed(session, watched)) ? 'task-closed' : undefined;
}

/** True where somebody has closed one of these Tasks. */
async function anyClosed(session: Session, refs: readonly string[]): Promise<boolean> {
  for (const ref of refs.filter((made) => made.startsWith('Task/'))) {
    if (!isOpenTask(await session.deps.reader.resource(session.draft, ref))) return true;
  }
  return false;
}
