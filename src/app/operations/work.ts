import { problem } from '../../core/problem.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { referenceOf } from '../../pipeline/follow-up/views.ts';
import { readWorkList } from '../../pipeline/follow-up/work-list.ts';
import { Draft } from '../../store/draft.ts';
import type { Engine } from '../engine.ts';
import { findSource } from './find-source.ts';
import { OperationFailed, textParam, type Line, type Operation } from './operation.ts';

/** `work.list`: open Tasks, most urgent first, then what is still to come; of one `patient` (all of the person) or of all. */
const list: Operation = {
  name: 'work.list',
  summary: 'Open tasks and what follow-up will do next.',
  async *run(engine, params) {
    const patient = textParam(params, 'patient');
    const recs = patient === undefined ? undefined : await membersOf(engine, await findSource(engine, patient));
    const { tasks, occurrences } = await readWorkList(engine.store, recs);
    for (const task of tasks) yield taskLine(task);
    for (const { id, kind, state, code, held, due, next, plan, step, rec } of occurrences) {
      yield { kind: 'occurrence', id, due: next ?? due, state, code: held ?? code, plan, step, of: kind, patient: rec };
    }
  },
};

/** `work.acknowledge`: `id` of an alert (occurrence, attempt or `Task/<id>`), `by` whom. */
const acknowledge: Operation = {
  name: 'work.acknowledge',
  summary: 'Says that somebody has seen an alert; its escalation ends.',
  async *run({ answers, loop }, params) {
    const id = textParam(params, 'id');
    const by = textParam(params, 'by');
    if (id === undefined || by === undefined) {
      throw new OperationFailed(problem('operation.bad-parameter', 'Give the id of the alert and who has seen it.'));
    }
    const done = await answers.acknowledge(id, by);
    if (!done.ok) throw new OperationFailed(done.error);
    loop.wake();
    yield { occurrence: done.value.occurrence, by };
  },
};

async function membersOf({ reader, store }: Engine, rec: string): Promise<readonly string[]> {
  return (await reader.person(new Draft(store), rec))?.members ?? [rec];
}

function taskLine(task: FhirResource): Line {
  const { id, priority, description, owner, authoredOn, restriction } = task;
  return {
    kind: 'task',
    id: `Task/${String(id)}`,
    due: member(member(restriction, 'period'), 'end'),
    state: task['status'],
    priority,
    text: description,
    owner: member(owner, 'display'),
    since: authoredOn,
    patient: referenceOf(task['for'])?.replace('Patient/', ''),
  };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** Operations on the work list. */
export const WORK_OPERATIONS: readonly Operation[] = [list, acknowledge];
