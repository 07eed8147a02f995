import type { ProblemTable } from './table.ts';

/** Problems of the area `fhir`. */
export const FHIR_PROBLEMS = {} as const satisfies ProblemTable;
