import { problem } from '../../core/problem.ts';
import { readLatestKey, simulatePlan } from '../../pipeline/follow-up/simulate.ts';
import type { Engine } from '../engine.ts';
import { findSource } from './find-source.ts';
import { listParam, OperationFailed, textParam, type Operation, type Params } from './operation.ts';

const bad = (message: string): OperationFailed => new OperationFailed(problem('operation.bad-parameter', message));

/**
 * `plan.simulate`: the dated steps of a plan for one patient, with what the gate would say at each date. Parameters:
 * `plan`, `patient`, `from` (time; now where absent), `key` (enrolment key; that of the patient's latest enrolment where
 * absent) and `anchor` (list of `NAME=DATE` that the record does not give).
 */
const simulate: Operation = {
  name: 'plan.simulate',
  summary: 'Dates, texts, channels and gate decisions of a plan for one patient; nothing is written.',
  async *run(engine, params) {
    const plan = required(params, 'plan');
    const rec = await findSource(engine, required(params, 'patient'));
    const from = timeOf(params, 'from') ?? (await engine.store.now());
    const key = textParam(params, 'key') ?? (await readLatestKey(engine.store, plan, rec));
    const played = await simulatePlan(engine.followUpDeps, engine.store, {
      plan,
      rec,
      from,
      anchors: anchorsOf(params),
      ...(key === undefined ? {} : { key }),
      channels: channelsOf(engine),
    });
    if (!played.ok) throw new OperationFailed(played.error);
    for (const action of played.value) yield { ...action };
    if (played.value.length === 0) {
      const names = Object.keys(engine.followUpConfig.plans.find(({ id }) => id === plan)?.anchors ?? {});
      yield { note: `no dated step lies ahead; anchors of this plan: ${names.join(', ')}` };
    }
  },
};

function required(params: Params, name: string): string {
  const value = textParam(params, name);
  if (value === undefined) throw bad(`${name} is missing.`);
  return value;
}

function timeOf(params: Params, name: string): Date | undefined {
  const text = textParam(params, name);
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw bad(`${name} is a time such as 2026-11-21T08:00:00+08:00.`);
  return time;
}

function anchorsOf(params: Params): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listParam(params, 'anchor').map((text) => {
      const [, name, date] = /^([^=]+)=(\d{4}-\d{2}-\d{2}.*)$/.exec(text) ?? [];
      if (name === undefined || date === undefined) throw bad('anchor is NAME=DATE, such as surgery=2026-11-19.');
      return [name, date];
    }),
  );
}

const channelsOf = ({ senders }: Engine) => [...new Set(senders.flatMap(({ sender }) => sender.channels))];

/** Operations on plans. */
export const PLAN_OPERATIONS: readonly Operation[] = [simulate];
