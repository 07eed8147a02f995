import type { ProblemTable } from './table.ts';

/** Problems of the area `mapping`. */
export const MAPPING_PROBLEMS = {} as const satisfies ProblemTable;
