import { stringifyFhir } from '../../fhir/json.ts';
import { CURSOR_PARAMETER } from '../../record/search/search.ts';
import type { Reply } from '../reply.ts';
import { FHIR_JSON } from './status.ts';

/** One entry of a Bundle; `resource` is JSON text that goes in as it stands. */
export interface EntryText {
  readonly fullUrl?: string;
  readonly resource?: string;
  /** `search`, `request` and `response` of the entry. */
  readonly rest?: Readonly<Record<string, unknown>>;
}

/** What a Bundle says beside its entries. */
export interface BundleHead {
  readonly type: 'searchset' | 'history' | 'batch-response' | 'transaction-response' | 'collection';
  readonly total?: number;
  readonly links?: readonly { readonly relation: string; readonly url: string }[];
}

/** A Bundle as an answer; stored resources are not parsed again. */
export function bundleReply({ type, total, links = [] }: BundleHead, entries: readonly EntryText[], now: Date): Reply {
  const head = JSON.stringify({
    resourceType: 'Bundle',
    type,
    timestamp: now.toISOString(),
    ...(total === undefined ? {} : { total }),
    ...(links.length === 0 ? {} : { link: links }),
  });
  const list = entries.length === 0 ? '' : `,"entry":[${entries.map(entryText).join(',')}]`;
  return { status: 200, contentType: FHIR_JSON, body: `${head.slice(0, -1)}${list}}` };
}

function entryText({ fullUrl, resource, rest = {} }: EntryText): string {
  const parts = [
    ...(fullUrl === undefined ? [] : [`"fullUrl":${JSON.stringify(fullUrl)}`]),
    ...(resource === undefined ? [] : [`"resource":${resource}`]),
    ...Object.entries(rest).map(([name, value]) => `"${name}":${stringifyFhir(value)}`),
  ];
  return `{${parts.join(',')}}`;
}

/** A link with parameters. */
export function linkUrl(base: string, path: string, query: readonly (readonly [string, string])[]): string {
  const text = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
  return `${base}/${path}${text === '' ? '' : `?${text}`}`;
}

/** Links of a page: itself, and the next one where there is a cursor for it. */
export function pageLinks(
  { base, query }: { readonly base: string; readonly query: URLSearchParams },
  path: string,
  next: string | undefined,
): readonly { readonly relation: string; readonly url: string }[] {
  const asked = [...query].filter(([name]) => name !== CURSOR_PARAMETER);
  const more =
    next === undefined ? [] : [{ relation: 'next', url: linkUrl(base, path, [...asked, [CURSOR_PARAMETER, next]]) }];
  return [{ relation: 'self', url: linkUrl(base, path, [...query]) }, ...more];
}
