import { didYouMean } from '../../core/nearest.ts';
import { problem } from '../../core/problem.ts';
import { isResourceType, typeNames } from '../../fhir/elements.ts';
import type { Reply } from '../reply.ts';
import { capabilityStatement } from './capability.ts';
import type { FhirDeps } from './deps.ts';
import { history } from './history.ts';
import { everything, sources } from './patient-operations.ts';
import { read, readVersion } from './read.ts';
import type { FhirRequest } from './request.ts';
import { parseResource } from './resource-body.ts';
import { search } from './search-set.ts';
import { problemReply } from './status.ts';
import { batch, readEntries, transaction } from './transaction.ts';
import { create, remove, update } from './write.ts';

/** The FHIR endpoint: a request in, an answer out; whoever has the socket calls it. */
export type FhirEndpoint = (request: FhirRequest) => Promise<Reply>;

type Handler = () => Promise<Reply> | Reply;
/** Handlers of one address by method. */
type Methods = Partial<Record<string, Handler>>;

/** Makes the endpoint (R4 http.html). */
export function createEndpoint(deps: FhirDeps): FhirEndpoint {
  const started = deps.now();
  const endpoint: FhirEndpoint = (request) => {
    const refused = refuseFormat(request);
    if (refused !== undefined) return Promise.resolve(refused);
    const { path } = request;
    if (path.length === 0) return run(request, { POST: () => bundle(request, deps, endpoint) });
    if (path.length === 1 && path[0] === 'metadata') {
      return run(request, { GET: () => capabilityStatement(request.base, deps.version, started) });
    }
    return typed(request, deps);
  };
  return endpoint;
}

function typed(request: FhirRequest, deps: FhirDeps): Promise<Reply> {
  const [type = '', id] = request.path;
  if (!isResourceType(type)) {
    const message = `There is no resource type of this name${didYouMean(type, typeNames)}.`;
    return Promise.resolve(problemReply(problem('fhir.unknown-type', message, { path: type })));
  }
  const isReading = request.method === 'GET' || request.method === 'HEAD' || id === '_search';
  const action = isReading ? 'read' : 'write';
  if (!request.principal.may(action, type)) {
    const message = `The token has no scope to ${action} ${type}, for example system/${type}.${action}.`;
    return Promise.resolve(problemReply(problem('server.forbidden', message)));
  }
  return run(request, methodsOf(request, type, deps));
}

function methodsOf(request: FhirRequest, type: string, deps: FhirDeps): Methods | undefined {
  const [, id, third, fourth, more] = request.path;
  if (more !== undefined) return undefined;
  if (id === undefined) return typeMethods(request, type, deps);
  if (id === '_search' && third === undefined) return { POST: () => postSearch(request, type, deps) };
  if (id === '_history' && third === undefined) return { GET: () => history(request, type, undefined, deps) };
  return instanceMethods(request, { type, id, third, fourth }, deps);
}

function typeMethods(request: FhirRequest, type: string, deps: FhirDeps): Methods {
  return {
    GET: () => search(request, type, deps),
    POST: () => create(request, type, deps),
    PUT: () => update(request, type, undefined, deps),
    DELETE: () => remove(request, type, undefined, deps),
  };
}

interface Address {
  readonly type: string;
  readonly id: string;
  readonly third: string | undefined;
  readonly fourth: string | undefined;
}

function instanceMethods(
  request: FhirRequest,
  { type, id, third, fourth }: Address,
  deps: FhirDeps,
): Methods | undefined {
  if (third === undefined) {
    return {
      GET: () => read(request, type, id, deps),
      PUT: () => update(request, type, id, deps),
      DELETE: () => remove(request, type, id, deps),
    };
  }
  if (third === '_history') {
    if (fourth === undefined) return { GET: () => history(request, type, id, deps) };
    return { GET: () => readVersion(type, id, fourth, deps) };
  }
  if (type !== 'Patient' || fourth !== undefined) return undefined;
  if (third === '$everything') return { GET: () => everything(request, id, deps) };
  return third === '$sources' ? { GET: () => sources(request, id, deps) } : undefined;
}

async function run({ method, path }: FhirRequest, methods: Methods | undefined): Promise<Reply> {
  if (methods === undefined) {
    return problemReply(problem('server.not-found', 'There is nothing at this address.', { path: path.join('/') }));
  }
  const handler = methods[method === 'HEAD' ? 'GET' : method];
  if (handler !== undefined) return handler();
  const allow = Object.keys(methods).join(', ');
  return problemReply(problem('server.method-not-allowed', `This address knows ${allow}.`), { allow });
}

/** A form body and the query together are the parameters (R4 search.html). */
function postSearch(request: FhirRequest, type: string, deps: FhirDeps): Promise<Reply> {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  return search({ ...request, query: new URLSearchParams([...request.query, ...form]) }, type, deps);
}

async function bundle(request: FhirRequest, deps: FhirDeps, dispatch: FhirEndpoint): Promise<Reply> {
  const parsed = parseResource(request.body);
  if (!parsed.ok) return problemReply(parsed.error);
  const { resourceType, type } = parsed.value as typeof parsed.value & { readonly type?: unknown };
  if (resourceType !== 'Bundle' || (type !== 'batch' && type !== 'transaction')) {
    return problemReply(problem('server.bundle-invalid', 'A Bundle of type batch or transaction is expected here.'));
  }
  const entries = readEntries(parsed.value);
  if (!entries.ok) return problemReply(entries.error);
  return type === 'batch'
    ? batch(entries.value, request, deps, dispatch)
    : transaction(entries.value, request, deps, dispatch);
}

const JSON_TYPES = /^(?:\*\/\*|application\/\*|application\/(?:fhir\+)?json|json|text\/json)$/;

/** JSON only, in and out. */
function refuseFormat(request: FhirRequest): Reply | undefined {
  const { method, query, headers } = request;
  const accepted = query.get('_format')?.replace(' ', '+') ?? headers['accept'] ?? '*/*';
  if (!accepted.split(',').some((type) => JSON_TYPES.test(mediaType(type)))) {
    return problemReply(problem('server.not-acceptable', 'Only application/fhir+json is served.'));
  }
  if ((method !== 'POST' && method !== 'PUT') || isReadable(request)) return undefined;
  return problemReply(problem('server.media-type-unsupported', 'A body in application/fhir+json is expected.'));
}

function isReadable({ headers, path }: FhirRequest): boolean {
  const sent = mediaType(headers['content-type'] ?? '');
  if (path.at(-1) === '_search' && (sent === 'application/x-www-form-urlencoded' || sent === '')) return true;
  return /^application\/(?:fhir\+)?json$/.test(sent);
}

const mediaType = (header: string): string => (header.split(';')[0] ?? '').trim().toLowerCase();
