import { CODE_OPERATIONS } from './codes.ts';
import { LOAD_OPERATIONS } from './load.ts';
import { MESSAGE_OPERATIONS } from './messages.ts';
import type { Operation } from './operation.ts';
import { PERSON_OPERATIONS } from './persons.ts';
import { PLAN_OPERATIONS } from './plans.ts';
import { REBUILD_OPERATIONS } from './rebuild.ts';
import { RELOAD_OPERATIONS } from './reload.ts';
import { REPLAY_OPERATIONS } from './replay.ts';
import { REVIEW_OPERATIONS } from './reviews.ts';
import { STATUS_OPERATIONS } from './status.ts';
import { WORK_OPERATIONS } from './work.ts';

/** Every operation by its name. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [
    ...STATUS_OPERATIONS,
    ...MESSAGE_OPERATIONS,
    ...REPLAY_OPERATIONS,
    ...LOAD_OPERATIONS,
    ...PERSON_OPERATIONS,
    ...REVIEW_OPERATIONS,
    ...CODE_OPERATIONS,
    ...REBUILD_OPERATIONS,
    ...RELOAD_OPERATIONS,
    ...PLAN_OPERATIONS,
    ...WORK_OPERATIONS,
  ].map((operation) => [operation.name, operation]),
);
