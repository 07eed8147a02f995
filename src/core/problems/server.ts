import type { ProblemTable } from './table.ts';

/** Problems of the area `server`. */
export const SERVER_PROBLEMS = {} as const satisfies ProblemTable;
