import { problem } from '../../core/problem.ts';
import { showRows } from '../../record/search/show-rows.ts';
import { shownMembers } from '../../record/show.ts';
import { isDeleted, versionOf } from '../../record/versions.ts';
import { textOf } from '../../store/body.ts';
import type { Row } from '../../store/port.ts';
import type { Reply } from '../reply.ts';
import type { FhirDeps } from './deps.ts';
import { presentation } from './present.ts';
import type { FhirRequest } from './request.ts';
import { FHIR_JSON, problemReply } from './status.ts';

/** `GET [base]/Type/id`: the resource as it is shown now. */
export async function read(request: FhirRequest, type: string, id: string, deps: FhirDeps): Promise<Reply> {
  const row = await deps.reads.current(type, id);
  if (row === undefined) return missing(request, type, id, deps);
  if (isDeleted(row))
    return problemReply(problem('server.gone', 'The resource was deleted.', { path: `${type}/${id}` }));
  const headers = versionHeaders(row);
  if (isUnchanged(request, headers, row) && (await isOneMember(row, id, deps))) return { status: 304, headers };
  const [text = ''] = await showRows([row], deps.reads.leadsOf);
  return { status: 200, contentType: FHIR_JSON, headers, body: presentation(type, request.query)?.(text) ?? text };
}

/** `GET [base]/Type/id/_history/version`: the version as it was written. */
export async function readVersion(type: string, id: string, version: string, deps: FhirDeps): Promise<Reply> {
  const row = /^\d{1,9}$/.test(version) ? await deps.reads.version(type, id, Number(version)) : undefined;
  const path = `${type}/${id}/_history/${version}`;
  if (row === undefined) return problemReply(problem('server.not-found', 'There is no such version.', { path }));
  if (isDeleted(row)) return problemReply(problem('server.gone', 'This version is a deletion.', { path }));
  return { status: 200, contentType: FHIR_JSON, headers: versionHeaders(row), body: textOf(row) };
}

/** ETag and Last-Modified of a row. */
export function versionHeaders(row: Row): { readonly etag: string; readonly 'last-modified': string } {
  const { lastUpdated } = row.fields;
  const at = lastUpdated instanceof Date ? lastUpdated : new Date(0);
  return { etag: `W/"${versionOf(row)}"`, 'last-modified': at.toUTCString() };
}

/** An id that was replaced leads to its successor for ever. */
async function missing(request: FhirRequest, type: string, id: string, deps: FhirDeps): Promise<Reply> {
  const to = type === 'Patient' ? await deps.reads.alias(id) : undefined;
  if (to !== undefined && to !== id) return read(request, type, to, deps);
  return problemReply(problem('server.not-found', 'There is no such resource.', { path: `${type}/${id}` }));
}

function isUnchanged(request: FhirRequest, headers: ReturnType<typeof versionHeaders>, row: Row): boolean {
  const { 'if-none-match': tags, 'if-modified-since': since } = request.headers;
  if (request.query.has('_elements') || request.query.has('_summary')) return false;
  if (tags !== undefined) return tags.split(',').some((tag) => tag.trim() === headers.etag);
  const { lastUpdated } = row.fields;
  if (since === undefined || !(lastUpdated instanceof Date)) return false;
  return Math.floor(lastUpdated.getTime() / 1000) * 1000 <= Date.parse(since);
}

/** What is shown of a person of several members may change with the membership, without a new version. */
async function isOneMember(row: Row, id: string, { reads }: FhirDeps): Promise<boolean> {
  const recs = [...(row.id.startsWith('Patient/') ? [id] : []), ...shownMembers(row)];
  const persons = await Promise.all(recs.map((rec) => reads.personOf(rec)));
  return persons.every((person) => person === undefined || person.members.length === 1);
}
