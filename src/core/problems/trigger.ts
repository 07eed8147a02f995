import type { ProblemTable } from './table.ts';

/** Problems of the area `trigger`. */
export const TRIGGER_PROBLEMS = {} as const satisfies ProblemTable;
