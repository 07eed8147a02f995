import type { FhirResource } from '../../fhir/patch.ts';
import type { Priority } from '../../triggers/plan.ts';

/** A work order in the words of its reader. */
export interface WorkOrder {
  readonly id: string;
  readonly rec: string;
  readonly status: 'requested' | 'completed' | 'cancelled';
  readonly statusReason?: string;
  readonly priority: Priority;
  readonly text: string;
  /** Role or staff number. */
  readonly owner: string;
  readonly ownerName?: string;
  readonly at: Date;
  readonly due?: Date;
  /** What it is about: the result, the enrolment's cause. */
  readonly focus?: string;
  /** What asked for it: plan and step. */
  readonly origin: string;
  readonly questionnaire?: string;
  readonly kind?: 'call' | 'task' | 'alert';
}

/** A work order as FHIR shows it: a Task; the work list is a plain search. */
export function taskOf(order: WorkOrder): FhirResource {
  const { focus, due, statusReason, questionnaire } = order;
  return {
    resourceType: 'Task',
    id: order.id,
    status: order.status,
    ...(statusReason === undefined ? {} : { statusReason: { text: statusReason } }),
    intent: 'order',
    priority: order.priority,
    code: { coding: [{ system: 'urn:jingluo:work', code: order.kind ?? 'task' }], text: order.text },
    description: order.text,
    for: { reference: `Patient/${order.rec}` },
    ...(focus === undefined ? {} : { focus: { reference: focus } }),
    authoredOn: order.at.toISOString(),
    ...(due === undefined ? {} : { restriction: { period: { end: due.toISOString() } } }),
    owner: {
      identifier: { system: 'urn:jingluo:staff', value: order.owner },
      display: order.ownerName ?? order.owner,
    },
    identifier: [{ system: 'urn:jingluo:origin', value: order.origin }],
    ...(questionnaire === undefined
      ? {}
      : { input: [{ type: { text: 'questionnaire' }, valueString: questionnaire }] }),
  };
}

/** An existing Task with another status; everything else as it was. */
export function closedTask(task: FhirResource, status: 'completed' | 'cancelled', reason: string): FhirResource {
  return { ...task, status, statusReason: { text: reason } };
}

/** True for a Task that nobody has closed. */
export function isOpenTask(task: FhirResource | undefined): boolean {
  const closed = ['completed', 'cancelled', 'failed', 'rejected', 'entered-in-error'];
  return task !== undefined && !closed.includes(String(task['status']));
}
