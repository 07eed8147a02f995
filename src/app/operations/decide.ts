import { problem, type Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { Actor, OperationDone } from '../../record/identify/contract.ts';
import { Draft } from '../../store/draft.ts';
import type { Engine } from '../engine.ts';
import { OperationFailed, textParam, type Line, type Params } from './operation.ts';
import { runHeld } from './replay.ts';

const TRIES = 12;

/** Who decides, from the parameters `by`, `reason` and `confirmedBy`. */
export function actorOf(params: Params): Actor {
  const reason = textParam(params, 'reason');
  const confirmedBy = textParam(params, 'confirmedBy');
  return {
    user: textParam(params, 'by') ?? 'cli',
    ...(reason === undefined ? {} : { reason }),
    ...(confirmedBy === undefined ? {} : { confirmedBy }),
  };
}

/**
 * Carries out a decision about persons in one commit, with all that follows from it: shown Patients, events, patient
 * documents, follow-up. Then lets run what was held for it. Decides again where somebody else was faster.
 */
export async function* decide(
  engine: Engine,
  decision: (draft: Draft) => Promise<Result<OperationDone, Problem>>,
): AsyncIterable<Line> {
  const done = await decideOnce(engine, decision);
  yield {
    persons: done.persons.map(({ id, before, after }) => ({ id, before, after })),
    ...(done.pending !== undefined ? { note: 'a second person must say the same' } : {}),
  };
  for (const id of done.release) yield { message: await runHeld(engine, id) };
}

async function decideOnce(
  { store, settleOperation, followUp, loop }: Engine,
  decision: (draft: Draft) => Promise<Result<OperationDone, Problem>>,
): Promise<OperationDone> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const draft = new Draft(store);
    const made = await decision(draft);
    if (!made.ok) throw new OperationFailed(made.error);
    const now = await store.now();
    const applied = await settleOperation(draft, made.value, now);
    await followUp.react(draft, applied, { cause: made.value.cause, at: now, now, backfill: false });
    if (draft.empty || (await draft.commit()).ok) {
      loop.wake();
      return made.value;
    }
  }
  throw new OperationFailed(problem('pipeline.conflict', 'The records kept changing; try again.'));
}
