import type { ProblemTable } from './table.ts';

/** Problems of the area `store`. */
export const STORE_PROBLEMS = {} as const satisfies ProblemTable;
