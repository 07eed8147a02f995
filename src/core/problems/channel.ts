import type { ProblemTable } from './table.ts';

/** Problems of the area `channel`. */
export const CHANNEL_PROBLEMS = {} as const satisfies ProblemTable;
