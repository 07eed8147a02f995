import { problem, type Problem, type ProblemCode } from '../../core/problem.ts';

/** One finding of the validator; `problem.at.path` is the FHIRPath of the element. */
export interface ValidationIssue {
  readonly severity: 'error' | 'warning';
  readonly problem: Problem;
}

/** Where the walk stands: links upwards, so that a path is written only when there is something to say. */
export interface Place {
  readonly parent: Place | undefined;
  readonly name: string;
  readonly index: number;
}

/** What one validation collects. */
export interface Findings {
  readonly issues: ValidationIssue[];
  /** Targets of references into the resource (`#id`), with their places. */
  readonly inner: { readonly id: string; readonly at: Place }[];
}

/** Checks one value. */
export type CheckValue = (value: unknown, at: Place, findings: Findings) => void;

/** A place below another; `index` only for list entries. */
export function below(parent: Place, name: string, index = -1): Place {
  return { parent, name, index };
}

/** FHIRPath of a place: `Patient.contact[0].name`. */
function pathOf(place: Place): string {
  const own = place.index < 0 ? place.name : `${place.name}[${place.index}]`;
  return place.parent === undefined ? own : `${pathOf(place.parent)}.${own}`;
}

/** Adds an error. */
export function report(findings: Findings, code: ProblemCode, message: string, at: Place): void {
  findings.issues.push({ severity: 'error', problem: problem(code, message, { path: pathOf(at) }) });
}
