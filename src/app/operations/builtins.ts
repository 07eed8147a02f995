import { LOAD_OPERATIONS } from './load.ts';
import { MESSAGE_OPERATIONS } from './messages.ts';
import type { Operation } from './operation.ts';
import { PERSON_OPERATIONS } from './persons.ts';
import { REBUILD_OPERATIONS } from './rebuild.ts';
import { REPLAY_OPERATIONS } from './replay.ts';
import { REVIEW_OPERATIONS } from './reviews.ts';
import { STATUS_OPERATIONS } from './status.ts';

/** Every operation by its name. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [
    ...STATUS_OPERATIONS,
    ...MESSAGE_OPERATIONS,
    ...REPLAY_OPERATIONS,
    ...LOAD_OPERATIONS,
    ...PERSON_OPERATIONS,
    ...REVIEW_OPERATIONS,
    ...REBUILD_OPERATIONS,
  ].map((operation) => [operation.name, operation]),
);
