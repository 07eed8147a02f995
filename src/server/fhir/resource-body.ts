import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isObject, parseFhir } from '../../fhir/json.ts';
import type { OutcomeIssue } from '../../fhir/outcome.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { findReferences } from '../../fhir/references.ts';
import { validate } from '../../fhir/validate/validate.ts';

/** Parses a body as one resource. */
export function parseResource(body: Uint8Array): Result<FhirResource, Problem> {
  let value: unknown;
  try {
    value = parseFhir(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    // The parser's own words may quote the body; only the position is told.
    const place = error instanceof SyntaxError ? /position \d+/.exec(error.message)?.[0] : undefined;
    return err(
      problem('fhir.json-invalid', `The body is not JSON in UTF-8${place === undefined ? '' : ` (${place})`}.`),
    );
  }
  return isResource(value) ? ok(value) : err(problem('fhir.json-invalid', 'The body has no resourceType.'));
}

/** Narrows to an object with a resourceType. */
export function isResource(value: unknown): value is FhirResource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

/** What is wrong with a resource that a client wants to write; empty: it can be written. */
export function faultsOf(resource: FhirResource): readonly OutcomeIssue[] {
  const conditional = findReferences(resource)
    .filter(({ reference }) => /^[A-Z]\w+\?/.test(reference))
    .map(({ path }) => ({
      severity: 'error' as const,
      problem: problem('server.reference-unresolved', 'Conditional references are resolved in transactions only.', {
        path: `${resource.resourceType}.${path}`,
      }),
    }));
  return [...formFaults(resource), ...conditional];
}

/** The same inside a transaction, where references may be conditional. */
export function formFaults(resource: FhirResource): readonly OutcomeIssue[] {
  return validate(resource).filter(({ severity }) => severity === 'error');
}
