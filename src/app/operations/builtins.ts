import { MESSAGE_OPERATIONS } from './messages.ts';
import type { Operation } from './operation.ts';
import { REPLAY_OPERATIONS } from './replay.ts';

/** Every operation by its name. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  [...MESSAGE_OPERATIONS, ...REPLAY_OPERATIONS].map((operation) => [operation.name, operation]),
);
