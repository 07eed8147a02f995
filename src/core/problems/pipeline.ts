import type { ProblemTable } from './table.ts';

/** Problems of the area `pipeline`. */
export const PIPELINE_PROBLEMS = {} as const satisfies ProblemTable;
