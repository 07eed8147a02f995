import type { Problem, ProblemCode } from '../core/problem.ts';
import type { FhirResource } from './patch.ts';

/** What becomes an issue of an OperationOutcome. */
export interface OutcomeIssue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly problem: Problem;
}

/** FHIR's issue types (R4 valueset-issue-type.html) by problem code; everything else is `processing`. */
const TYPES: Partial<Record<ProblemCode, string>> = {
  'fhir.json-invalid': 'structure',
  'fhir.unknown-type': 'not-supported',
  'fhir.unknown-element': 'structure',
  'fhir.shape-invalid': 'structure',
  'fhir.element-missing': 'required',
  'fhir.choice-repeated': 'structure',
  'fhir.value-invalid': 'value',
  'fhir.code-invalid': 'code-invalid',
  'fhir.reference-invalid': 'value',
  'fhir.rule-broken': 'invariant',
};

/** URI of the code system that our problem codes stand in. */
const PROBLEM_SYSTEM = 'urn:jingluo:problem';

/**
 * An OperationOutcome of problems: our code as `details`, the message as `diagnostics`, the FHIRPath as `expression`.
 * @param typeOf the issue type of codes that this folder does not know
 */
export function outcome(
  issues: readonly OutcomeIssue[],
  typeOf: (code: ProblemCode) => string | undefined = () => undefined,
): FhirResource {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, problem: { code, message, at } }) => ({
      severity,
      code: TYPES[code] ?? typeOf(code) ?? 'processing',
      details: { coding: [{ system: PROBLEM_SYSTEM, code }] },
      diagnostics: message,
      ...(at?.path === undefined ? {} : { expression: [at.path] }),
    })),
  };
}
