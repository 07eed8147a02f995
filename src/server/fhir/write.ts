import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { stringifyFhir } from '../../fhir/json.ts';
import { outcome } from '../../fhir/outcome.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import type { FhirWrite, FhirWritten } from '../../pipeline/fhir-writer.ts';
import type { Reply } from '../reply.ts';
import type { FhirDeps } from './deps.ts';
import type { FhirRequest } from './request.ts';
import { faultsOf, parseResource } from './resource-body.ts';
import { FHIR_JSON, problemReply } from './status.ts';

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** `POST [base]/Type`, also with If-None-Exist. */
export function create(request: FhirRequest, type: string, deps: FhirDeps): Promise<Reply> {
  const condition = request.headers['if-none-exist'];
  return write(request, deps, { method: 'POST', type, ...(condition === undefined ? {} : { condition }) });
}

/** `PUT [base]/Type/id`, or `PUT [base]/Type?…` where exactly one resource may match. */
export function update(request: FhirRequest, type: string, id: string | undefined, deps: FhirDeps): Promise<Reply> {
  const target = targetOf(request, id);
  return target.ok ? write(request, deps, { method: 'PUT', type, ...target.value }) : refuse(target.error);
}

/** `DELETE [base]/Type/id`, or `DELETE [base]/Type?…` where exactly one resource may match. */
export async function remove(
  request: FhirRequest,
  type: string,
  id: string | undefined,
  deps: FhirDeps,
): Promise<Reply> {
  const target = targetOf(request, id);
  if (!target.ok) return problemReply(target.error);
  const { principal, body, gone } = request;
  const written = await deps.writer.write(principal.client, [{ method: 'DELETE', type, ...target.value }], body, gone);
  if (!written.ok) return problemReply(written.error);
  return { status: 204 };
}

async function write(request: FhirRequest, deps: FhirDeps, about: FhirWrite): Promise<Reply> {
  const parsed = parseResource(request.body);
  if (!parsed.ok) return problemReply(parsed.error);
  const checked = checkWrite(parsed.value, about);
  if (!checked.ok) return problemReply(checked.error);
  const faults = faultsOf(parsed.value);
  if (faults.length > 0) return { ...problemReply(faults), status: 422 };
  const full: FhirWrite = { ...about, resource: parsed.value };
  const written = await deps.writer.write(request.principal.client, [full], request.body, request.gone);
  if (!written.ok) return problemReply(written.error);
  const [one] = written.value;
  return one === undefined ? { status: 200 } : writtenReply(one, request);
}

/** Type and id of the body are those of the address (R4 http.html#update). */
export function checkWrite(resource: FhirResource, { type, method, id }: FhirWrite): Result<FhirResource, Problem> {
  if (resource.resourceType !== type) {
    return err(problem('server.request-invalid', `The body is a ${resource.resourceType}, the address says ${type}.`));
  }
  if (method !== 'PUT' || id === undefined) return ok(resource);
  if (!ID.test(id)) return err(problem('server.request-invalid', 'An id has 1 to 64 letters, digits, "-" or ".".'));
  if (resource['id'] !== id) {
    return err(problem('server.request-invalid', 'The id of the body is expected to be that of the address.'));
  }
  return ok(resource);
}

type Target = Pick<FhirWrite, 'id' | 'ifMatch' | 'condition'>;

function targetOf({ headers, query }: FhirRequest, id: string | undefined): Result<Target, Problem> {
  if (id === undefined) {
    const condition = query.toString();
    return condition === ''
      ? err(problem('server.request-invalid', 'An id or search parameters are expected.'))
      : ok({ condition });
  }
  const version = readIfMatch(headers['if-match']);
  if (!version.ok) return version;
  return ok(version.value === undefined ? { id } : { id, ifMatch: version.value });
}

/** The version of an If-Match header; a strong tag is taken as a weak one. */
export function readIfMatch(header: string | undefined): Result<number | undefined, Problem> {
  if (header === undefined) return ok(undefined);
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  return version === undefined
    ? err(problem('server.request-invalid', 'If-Match: W/"version" is expected.'))
    : ok(Number(version));
}

const refuse = (found: Problem): Promise<Reply> => Promise.resolve(problemReply(found));

/** The answer to one write, with what `Prefer` asks for. */
function writtenReply(written: FhirWritten, { headers, base }: FhirRequest): Reply {
  const { type, id, version, lastUpdated, status, resource } = written;
  const location = `${base}/${type}/${id}/_history/${version}`;
  const about = {
    etag: `W/"${version}"`,
    'last-modified': lastUpdated.toUTCString(),
    ...(status === 201 ? { location } : { 'content-location': location }),
  };
  const prefer = headers['prefer'] ?? '';
  if (prefer.includes('return=minimal')) return { status, headers: about };
  if (/return=OperationOutcome/i.test(prefer)) {
    return { status, headers: about, contentType: FHIR_JSON, body: stringifyFhir(done()) };
  }
  return { status, headers: about, contentType: FHIR_JSON, body: stringifyFhir(resource ?? done()) };
}

function done(): FhirResource {
  const made = outcome([]);
  return { ...made, issue: [{ severity: 'information', code: 'informational', diagnostics: 'Done.' }] };
}
