import type { ProblemTable } from './table.ts';

/** Problems of the area `hl7`. */
export const HL7_PROBLEMS = {} as const satisfies ProblemTable;
