import type { Problem, ProblemCode } from '../../core/problem.ts';
import { outcome, type OutcomeIssue } from '../../fhir/outcome.ts';
import { stringifyFhir } from '../../fhir/json.ts';
import type { Reply } from '../reply.ts';

/** The media type of FHIR in JSON. */
export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** HTTP status and FHIR issue type by problem code (R4 http.html). */
const STATUS: Partial<Record<ProblemCode, readonly [status: number, issue: string]>> = {
  'server.not-found': [404, 'not-found'],
  'server.gone': [410, 'deleted'],
  'server.method-not-allowed': [405, 'not-supported'],
  'server.not-acceptable': [406, 'not-supported'],
  'server.media-type-unsupported': [415, 'not-supported'],
  'server.body-too-large': [413, 'too-long'],
  'server.request-invalid': [400, 'invalid'],
  'server.bundle-invalid': [400, 'invalid'],
  'server.reference-unresolved': [422, 'not-found'],
  'server.unauthorized': [401, 'login'],
  'server.forbidden': [403, 'forbidden'],
  'fhir.json-invalid': [400, 'structure'],
  'fhir.unknown-type': [404, 'not-supported'],
  'fhir.search-parameter-unknown': [400, 'not-supported'],
  'fhir.search-value-invalid': [400, 'invalid'],
  'fhir.search-unsupported': [400, 'not-supported'],
  'fhir.search-cursor-invalid': [400, 'invalid'],
  'pipeline.precondition-failed': [412, 'conflict'],
  'pipeline.conflict': [409, 'conflict'],
  'pipeline.client-gone': [409, 'transient'],
  'pipeline.store-unavailable': [503, 'transient'],
  'pipeline.bug': [500, 'exception'],
  'record.patient-changed': [409, 'conflict'],
  'store.unavailable': [503, 'transient'],
  'store.cursor-invalid': [400, 'invalid'],
};

/** HTTP status of a problem; what is not listed is content that cannot be processed (422). */
function statusOf({ code }: Problem): number {
  return STATUS[code]?.[0] ?? (code.startsWith('identity.') ? 409 : 422);
}

/** The OperationOutcome of problems as an answer. */
export function problemReply(found: Problem | readonly OutcomeIssue[], headers: Reply['headers'] = {}): Reply {
  const issues = 'code' in found ? [{ severity: 'error' as const, problem: found }] : found;
  const [first] = issues.filter(({ severity }) => severity === 'error');
  return {
    status: first === undefined ? 200 : statusOf(first.problem),
    contentType: FHIR_JSON,
    headers,
    body: stringifyFhir(outcome(issues, (code) => STATUS[code]?.[1])),
  };
}
