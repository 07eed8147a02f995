import type { ProblemTable } from './table.ts';

/** Problems of the area `identity`. */
export const IDENTITY_PROBLEMS = {} as const satisfies ProblemTable;
