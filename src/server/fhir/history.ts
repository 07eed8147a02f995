import { problem } from '../../core/problem.ts';
import { parseDate, intervalOfParts } from '../../fhir/dates.ts';
import { openCursor, sealCursor } from '../../record/search/cursor.ts';
import { CURSOR_PARAMETER } from '../../record/search/search.ts';
import { isDeleted, versionOf } from '../../record/versions.ts';
import { textOf } from '../../store/body.ts';
import type { HistoryQuestion } from '../../record/reads.ts';
import type { Row } from '../../store/port.ts';
import type { Reply } from '../reply.ts';
import { bundleReply, pageLinks, type EntryText } from './bundle-text.ts';
import type { FhirDeps } from './deps.ts';
import { versionHeaders } from './read.ts';
import type { FhirRequest } from './request.ts';
import { problemReply } from './status.ts';

const DEFAULT_COUNT = 50;
const MAX_COUNT = 500;

/** `GET [base]/Type/id/_history` and `GET [base]/Type/_history`: versions, newest first, as they were written. */
export async function history(
  request: FhirRequest,
  type: string,
  id: string | undefined,
  deps: FhirDeps,
): Promise<Reply> {
  const question = readQuestion(request, deps.zone);
  if (typeof question === 'string') return problemReply(problem('server.request-invalid', question));
  const path = id === undefined ? `${type}/_history` : `${type}/${id}/_history`;
  const sealed = request.query.get(CURSOR_PARAMETER);
  const after = sealed === null ? undefined : openCursor(sealed, path, deps.cursorKey);
  if (sealed !== null && after === undefined) {
    return problemReply(problem('fhir.search-cursor-invalid', 'The page cursor does not belong to this history.'));
  }
  return answer(
    request,
    { type, ...question, ...(id === undefined ? {} : { id }), ...(after === undefined ? {} : { after }) },
    path,
    deps,
  );
}

async function answer(request: FhirRequest, question: HistoryQuestion, path: string, deps: FhirDeps): Promise<Reply> {
  const page = await deps.reads.history(question);
  const { id, type, since, after } = question;
  const isFirst = after === undefined;
  if (id !== undefined && page.rows.length === 0 && isFirst && since === undefined) {
    return problemReply(problem('server.not-found', 'There is no such resource.', { path: `${type}/${id}` }));
  }
  const next = page.next === undefined ? undefined : sealCursor(page.next, path, deps.cursorKey);
  const total = next === undefined && isFirst ? { total: page.rows.length } : {};
  const entries = page.rows.map((row) => entryOf(row, request.base));
  return bundleReply({ type: 'history', links: pageLinks(request, path, next), ...total }, entries, deps.now());
}

function readQuestion(
  { query }: FhirRequest,
  zone: string,
): { readonly limit: number; readonly since?: Date } | string {
  const unknown = [...query.keys()].find(
    (name) => !['_count', '_since', '_format', '_pretty', CURSOR_PARAMETER].includes(name),
  );
  if (unknown !== undefined) return `A history has no parameter ${JSON.stringify(unknown)}; it has _count and _since.`;
  const count = query.get('_count') ?? String(DEFAULT_COUNT);
  if (!/^[1-9]\d{0,8}$/.test(count)) return '_count: a whole number from 1 is expected.';
  const limit = Math.min(Number(count), MAX_COUNT);
  const since = query.get('_since');
  if (since === null) return { limit };
  const parts = parseDate(since.replace(' ', '+'));
  return parts === undefined
    ? '_since: an instant is expected.'
    : { limit, since: new Date(intervalOfParts(parts, zone)[0]) };
}

/** The id of a history row has its version at the end. */
function entryOf(row: Row, base: string): EntryText {
  const [type = '', id = ''] = row.id.split('/');
  const version = versionOf(row);
  const { etag } = versionHeaders(row);
  const { lastUpdated } = row.fields;
  const at = lastUpdated instanceof Date ? { lastModified: lastUpdated.toISOString() } : {};
  const fullUrl = `${base}/${type}/${id}`;
  if (isDeleted(row)) {
    const request = { method: 'DELETE', url: `${type}/${id}` };
    return { fullUrl, rest: { request, response: { status: '204', etag, ...at } } };
  }
  const [method, status] = version === 1 ? ['POST', '201'] : ['PUT', '200'];
  const url = version === 1 ? type : `${type}/${id}`;
  return { fullUrl, resource: textOf(row), rest: { request: { method, url }, response: { status, etag, ...at } } };
}
