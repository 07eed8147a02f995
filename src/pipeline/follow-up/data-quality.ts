import type { Plan } from '../../triggers/plan.ts';
import type { Session } from './session.ts';
import type { EventFacts } from './views.ts';
import { taskOf } from './work-order.ts';

/**
 * Records that a plan could not be decided for one resource: a DetectedIssue (the data-quality list), and a work order
 * where the plan would have alerted somebody at once. Empty is not false.
 */
export async function noteNotEvaluable(session: Session, plan: Plan, event: EventFacts, where: string): Promise<void> {
  session.deps.metrics.count('jingluo_plan_not_evaluable_total', { plan: plan.id });
  await session.own(
    {
      resourceType: 'DetectedIssue',
      id: session.resourceId('DetectedIssue', plan.id, where, event.ref),
      status: 'preliminary',
      code: { coding: [{ system: 'urn:jingluo:data-quality', code: 'not-evaluable' }], text: `${plan.id} ${where}` },
      patient: { reference: `Patient/${event.rec}` },
      implicated: [{ reference: event.ref }],
      identifiedDateTime: event.at,
    },
    event.rec,
  );
  const stat = plan.steps.some((step) => step.actions.some((action) => action.priority === 'stat'));
  if (!stat || session.context.backfill) return;
  await session.own(
    taskOf({
      id: session.resourceId('Task', 'not-evaluable', plan.id, where, event.ref),
      rec: event.rec,
      status: 'requested',
      priority: 'urgent',
      text: `${plan.title}: 数据无法判断,请人工查看`,
      owner: 'follow-up-team',
      at: session.context.now,
      focus: event.ref,
      origin: `${plan.id}|${where}`,
    }),
    event.rec,
  );
}
