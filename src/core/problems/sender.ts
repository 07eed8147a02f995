import type { ProblemTable } from './table.ts';

/** Problems of the area `sender`. */
export const SENDER_PROBLEMS = {} as const satisfies ProblemTable;
