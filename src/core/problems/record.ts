import type { ProblemTable } from './table.ts';

/** Problems of the area `record`. */
export const RECORD_PROBLEMS = {} as const satisfies ProblemTable;
