import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isResourceType } from '../../fhir/elements.ts';
import { isObject, listOf, stringifyFhir } from '../../fhir/json.ts';
import type { OutcomeIssue } from '../../fhir/outcome.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { findReferences } from '../../fhir/references.ts';
import type { FhirWrite, FhirWritten } from '../../pipeline/fhir-writer.ts';
import type { Reply } from '../reply.ts';
import { bundleReply, type EntryText } from './bundle-text.ts';
import type { FhirDeps } from './deps.ts';
import type { FhirRequest } from './request.ts';
import { formFaults, isResource } from './resource-body.ts';
import { problemReply } from './status.ts';
import { checkWrite, readIfMatch } from './write.ts';

/** Entries that one Bundle may have (DESIGN section 3). */
const MAX_ENTRIES = 2000;

/** One entry of a batch or transaction. */
export interface BundleEntry {
  readonly index: number;
  readonly method: string;
  /** Relative to the base. */
  readonly url: string;
  readonly fullUrl?: string;
  readonly resource?: FhirResource;
  readonly ifMatch?: string;
  readonly ifNoneExist?: string;
}

/** Carries out one request of a Bundle as if it had come alone. */
export type Dispatch = (request: FhirRequest) => Promise<Reply>;

/** Reads the entries of a Bundle; the problem names the first that cannot be read. */
export function readEntries(bundle: FhirResource): Result<readonly BundleEntry[], Problem> {
  const list = listOf(bundle['entry']);
  if (list.length > MAX_ENTRIES) {
    return err(problem('server.body-too-large', `A Bundle may have ${MAX_ENTRIES} entries, not ${list.length}.`));
  }
  const entries: BundleEntry[] = [];
  for (const [index, value] of list.entries()) {
    const entry = readEntry(index, value);
    if (entry === undefined) {
      const path = `Bundle.entry[${index}].request`;
      return err(problem('server.bundle-invalid', 'A request with method and relative url is expected.', { path }));
    }
    entries.push(entry);
  }
  return ok(entries);
}

function readEntry(index: number, value: unknown): BundleEntry | undefined {
  if (!isObject(value) || !isObject(value['request'])) return undefined;
  const { fullUrl, resource, request } = value;
  const { method, url, ifMatch, ifNoneExist } = request;
  if (typeof method !== 'string' || typeof url !== 'string') return undefined;
  return {
    index,
    method,
    url: url.replace(/^\//, ''),
    ...(typeof fullUrl === 'string' ? { fullUrl } : {}),
    ...(isResource(resource) ? { resource } : {}),
    ...(typeof ifMatch === 'string' ? { ifMatch } : {}),
    ...(typeof ifNoneExist === 'string' ? { ifNoneExist } : {}),
  };
}

/** A transaction: every write in one commit or none, reads after it (R4 http.html#transaction). */
export async function transaction(
  entries: readonly BundleEntry[],
  request: FhirRequest,
  deps: FhirDeps,
  dispatch: Dispatch,
): Promise<Reply> {
  const writing = entries.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
  const prepared = prepare(writing, request);
  if ('faults' in prepared) return { ...problemReply(prepared.faults), status: prepared.status };
  const written = await deps.writer.write(request.principal.client, prepared.writes, request.body, request.gone);
  if (!written.ok) return problemReply(written.error);
  const byEntry = new Map(writing.map(({ index }, position) => [index, written.value[position]] as const));
  const texts: EntryText[] = [];
  for (const entry of entries) {
    const one = byEntry.get(entry.index);
    texts.push(one === undefined ? await readEntryReply(entry, request, dispatch) : writtenEntry(one, request.base));
  }
  return bundleReply({ type: 'transaction-response' }, texts, deps.now());
}

type Prepared =
  { readonly writes: readonly FhirWrite[] } | { readonly faults: readonly OutcomeIssue[]; readonly status: number };

/** Checks every entry before anything is written; all faults at once. */
function prepare(entries: readonly BundleEntry[], { principal }: FhirRequest): Prepared {
  const writes: FhirWrite[] = [];
  const faults: OutcomeIssue[] = [];
  const add = (found: Problem, { index }: BundleEntry): void => {
    const inside = found.at?.path === undefined ? '' : ` (${found.at.path})`;
    const at = { path: `Bundle.entry[${index}]` };
    faults.push({ severity: 'error', problem: problem(found.code, `${found.message}${inside}`, at) });
  };
  const names = new Set(entries.flatMap(({ fullUrl }) => fullUrl ?? []));
  const targets = new Set<string>();
  for (const entry of entries) {
    const write = writeOf(entry);
    if (!write.ok) {
      add(write.error, entry);
      continue;
    }
    const { type, id } = write.value;
    const target = `${type}/${id ?? `#${entry.index}`}`;
    if (targets.has(target)) add(problem('server.bundle-invalid', 'A resource is written twice.'), entry);
    targets.add(target);
    if (!principal.may('write', type)) {
      return { faults: [forbidden(type, entry.index)], status: 403 };
    }
    for (const fault of entry.resource === undefined ? [] : formFaults(entry.resource)) add(fault.problem, entry);
    for (const missing of danglingOf(entry, names)) add(missing, entry);
    writes.push(write.value);
  }
  return faults.length > 0 ? { faults, status: faults.some(isMalformed) ? 400 : 422 } : { writes };
}

const isMalformed = ({ problem: { code } }: OutcomeIssue): boolean =>
  code === 'server.bundle-invalid' || code === 'server.request-invalid';

function forbidden(type: string, index: number): OutcomeIssue {
  const message = `The token has no scope to write ${type}.`;
  return { severity: 'error', problem: problem('server.forbidden', message, { path: `Bundle.entry[${index}]` }) };
}

/** References to entries of the Bundle that are not there. */
function danglingOf({ resource }: BundleEntry, names: ReadonlySet<string>): readonly Problem[] {
  return findReferences(resource)
    .filter(({ reference }) => /^urn:(uuid|oid):/.test(reference) && !names.has(reference))
    .map(({ path }) => problem('server.reference-unresolved', 'No entry has this fullUrl.', { path }));
}

function writeOf(entry: BundleEntry): Result<FhirWrite, Problem> {
  const { method, url, fullUrl, resource, ifMatch, ifNoneExist } = entry;
  const [address = '', query] = url.split('?', 2);
  const [type = '', id, more] = address.split('/');
  const condition = method === 'POST' ? ifNoneExist : query;
  const isAddressed = method === 'POST' ? id === undefined : id !== undefined || condition !== undefined;
  if (!isWrite(method) || !isResourceType(type) || more !== undefined || !isAddressed) {
    return err(problem('server.bundle-invalid', 'POST Type, PUT Type/id or DELETE Type/id is expected.'));
  }
  const version = readIfMatch(ifMatch);
  if (!version.ok) return version;
  const parts = { id, condition, ifMatch: version.value, fullUrl, at: entry.index };
  return withResource({ method, type, ...present(parts) }, resource);
}

function isWrite(method: string): method is FhirWrite['method'] {
  return method === 'POST' || method === 'PUT' || method === 'DELETE';
}

/** Leaves out what is absent. */
function present<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(parts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function withResource(write: FhirWrite, resource: FhirResource | undefined): Result<FhirWrite, Problem> {
  if (write.method === 'DELETE') return ok(write);
  if (resource === undefined) return err(problem('server.bundle-invalid', 'A resource is expected.'));
  const checked = checkWrite(resource, write);
  return checked.ok ? ok({ ...write, resource }) : checked;
}

function writtenEntry({ type, id, version, status, lastUpdated, resource }: FhirWritten, base: string): EntryText {
  const response = {
    status: String(status),
    location: `${base}/${type}/${id}/_history/${version}`,
    etag: `W/"${version}"`,
    lastModified: lastUpdated.toISOString(),
  };
  if (resource === undefined) return { rest: { response } };
  return { fullUrl: `${base}/${type}/${id}`, resource: stringifyFhir(resource), rest: { response } };
}

/** Each entry by itself, in order; the answer of one does not depend on another. */
export async function batch(
  entries: readonly BundleEntry[],
  request: FhirRequest,
  deps: FhirDeps,
  dispatch: Dispatch,
): Promise<Reply> {
  const texts: EntryText[] = [];
  for (const entry of entries) texts.push(await readEntryReply(entry, request, dispatch));
  return bundleReply({ type: 'batch-response' }, texts, deps.now());
}

async function readEntryReply(entry: BundleEntry, request: FhirRequest, dispatch: Dispatch): Promise<EntryText> {
  const [address = '', query = ''] = entry.url.split('?', 2);
  const reply = await dispatch({
    ...request,
    method: entry.method,
    path: address.split('/').filter((part) => part !== ''),
    query: new URLSearchParams(query),
    headers: {
      'content-type': 'application/fhir+json',
      ...(entry.ifMatch === undefined ? {} : { 'if-match': entry.ifMatch }),
      ...(entry.ifNoneExist === undefined ? {} : { 'if-none-exist': entry.ifNoneExist }),
    },
    body: entry.resource === undefined ? new Uint8Array() : Buffer.from(stringifyFhir(entry.resource), 'utf8'),
  });
  const { status, headers = {}, body } = reply;
  const location = headers['location'];
  const response = {
    status: String(status),
    ...(headers['etag'] === undefined ? {} : { etag: headers['etag'] }),
    ...(location === undefined ? {} : { location }),
  };
  if (body === undefined) return { rest: { response } };
  if (status >= 400) return { rest: { response: { ...response, outcome: JSON.parse(body) as unknown } } };
  return { resource: body, rest: { response } };
}
