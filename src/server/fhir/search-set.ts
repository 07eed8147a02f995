import { CURSOR_PARAMETER, search as searchRecord } from '../../record/search/search.ts';
import { showRows } from '../../record/search/show-rows.ts';
import type { Row } from '../../store/port.ts';
import type { Reply } from '../reply.ts';
import { bundleReply, linkUrl, type EntryText } from './bundle-text.ts';
import type { FhirDeps } from './deps.ts';
import { presentation } from './present.ts';
import type { FhirRequest } from './request.ts';
import { problemReply } from './status.ts';

/** `GET [base]/Type?…` and `POST [base]/Type/_search`. */
export async function search(request: FhirRequest, type: string, deps: FhirDeps): Promise<Reply> {
  const { query, principal, base } = request;
  const found = await find(request, type, query, deps);
  if (!found.ok) return problemReply(found.error);
  const page = found.value;
  const included = page.included.filter((row) => principal.may('read', typeOf(row)));
  const entries = await entriesOf([...page.matches, ...included], { page: page.matches.length, type, request, deps });
  const link = (relation: string, more: readonly (readonly [string, string])[]) => ({
    relation,
    url: linkUrl(base, type, [...page.query, ...more]),
  });
  const next = page.next === undefined ? [] : [link('next', [[CURSOR_PARAMETER, page.next]])];
  const cursor = query.get(CURSOR_PARAMETER);
  const links = [link('self', cursor === null ? [] : [[CURSOR_PARAMETER, cursor]]), ...next];
  const total = page.total === undefined ? {} : { total: page.total };
  return bundleReply({ type: 'searchset', links, ...total }, entries, deps.now());
}

/** Where the client is lenient, what the server does not know is left out, of the self link too (R4 search.html#errors). */
async function find(
  request: FhirRequest,
  type: string,
  parameters: URLSearchParams,
  deps: FhirDeps,
): ReturnType<typeof searchRecord> {
  const found = await searchRecord(
    { type, parameters, base: request.base, now: deps.now() },
    { store: deps.store, zone: deps.zone, personOf: deps.reads.personOf, cursorKey: deps.cursorKey },
  );
  if (found.ok || found.error.code !== 'fhir.search-parameter-unknown') return found;
  if (!/\bhandling=lenient\b/.test(request.headers['prefer'] ?? '')) return found;
  const known = [...parameters].filter(([name]) => name.split(':')[0] !== found.error.at?.path);
  return known.length < parameters.size ? find(request, type, new URLSearchParams(known), deps) : found;
}

/** Entries of rows as they are shown; the first `page` are matches, the others included. */
export async function entriesOf(
  rows: readonly Row[],
  about: { readonly page: number; readonly type: string; readonly request: FhirRequest; readonly deps: FhirDeps },
): Promise<readonly EntryText[]> {
  const { page, type, request, deps } = about;
  const texts = await showRows(rows, deps.reads.leadsOf);
  const present = presentation(type, request.query);
  return rows.map((row, index) => {
    const text = texts[index] ?? '';
    const isMatch = index < page;
    return {
      fullUrl: `${request.base}/${row.id}`,
      resource: isMatch && present !== undefined ? present(text) : text,
      rest: { search: { mode: isMatch ? 'match' : 'include' } },
    };
  });
}

const typeOf = (row: Row): string => row.id.slice(0, row.id.indexOf('/'));
