import type { ProblemTable } from './table.ts';

/** Problems of the area `config`. */
export const CONFIG_PROBLEMS = {} as const satisfies ProblemTable;
