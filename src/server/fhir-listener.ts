import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { JingluoError, problem, type Problem } from '../core/problem.ts';
import { ok } from '../core/result.ts';
import type { Authenticate } from './auth/authenticate.ts';
import type { Principal } from './auth/principal.ts';
import type { FhirEndpoint } from './fhir/endpoint.ts';
import type { FhirRequest } from './fhir/request.ts';
import { problemReply } from './fhir/status.ts';
import { MAX_BODY, readBody } from './read-body.ts';
import { sendReply, type Reply } from './reply.ts';

/** Path of the endpoint. */
export const FHIR_BASE = '/fhir';

/** What stands around the endpoint. */
export interface ListenerParts {
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly cors: readonly string[];
  readonly base: (request: IncomingMessage) => string;
}

const EMPTY = new Uint8Array();
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const NOBODY: Principal = { client: '', may: () => false, isOperator: false };

/** Brings HTTP requests to the endpoint and its answers back; nothing is thrown past it. */
export function createFhirListener(endpoint: FhirEndpoint, parts: ListenerParts): RequestListener {
  return (request, response) => {
    void serve(request, response, endpoint, parts);
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: FhirEndpoint,
  parts: ListenerParts,
): Promise<void> {
  const started = performance.now();
  let reply: Reply;
  try {
    allowOrigin(request, response, parts.cors);
    // Patients' data stays out of shared caches, and private ones ask again.
    response.setHeader('cache-control', 'private, no-cache');
    reply = request.method === 'OPTIONS' ? { status: 204 } : await answer(request, goneOf(response), endpoint, parts);
  } catch (error) {
    reply = problemReply(problemOf(error, parts.log));
  }
  try {
    // A body that was refused unread may still be coming: the connection is not used again.
    if (reply.status === 413) response.setHeader('connection', 'close');
    await sendReply(request, response, reply);
  } catch (error) {
    parts.log.warn('fhir.answer-failed', { error: error instanceof Error ? error.name : typeof error });
    response.destroy();
  }
  const labels = { method: request.method ?? '', status: String(reply.status) };
  parts.metrics.count('jingluo_http_requests_total', labels);
  parts.metrics.observe('jingluo_http_request_seconds', (performance.now() - started) / 1000, {
    method: labels.method,
  });
}

function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) gone.abort();
  });
  return gone.signal;
}

async function answer(
  request: IncomingMessage,
  gone: AbortSignal,
  endpoint: FhirEndpoint,
  parts: ListenerParts,
): Promise<Reply> {
  const address = readAddress(request.url ?? '/');
  if (address === undefined) {
    return problemReply(problem('server.request-invalid', 'The address is not well-formed.'));
  }
  // What the server can do is said to everybody (R4 http.html#capabilities).
  const isOpen = address.path.length === 1 && address.path[0] === 'metadata';
  const principal = isOpen ? ok(NOBODY) : await parts.authenticate(request.headers.authorization);
  if (!principal.ok) return problemReply(principal.error, { 'www-authenticate': 'Bearer' });
  const { method = 'GET' } = request;
  const body = WITH_BODY.has(method) ? await readBody(request) : EMPTY;
  if (body === undefined) {
    return problemReply(problem('server.body-too-large', `A body may have ${MAX_BODY} bytes.`));
  }
  return endpoint({
    ...address,
    method,
    headers: singleHeaders(request),
    body,
    principal: principal.value,
    gone,
    base: parts.base(request),
  });
}

/** Path below the base and query; undefined where an escape is broken. */
function readAddress(url: string): Pick<FhirRequest, 'path' | 'query'> | undefined {
  const mark = url.indexOf('?');
  const path = (mark === -1 ? url : url.slice(0, mark)).slice(FHIR_BASE.length + 1);
  try {
    const parts = path === '' ? [] : path.replace(/\/$/, '').split('/').map(decodeURIComponent);
    return { path: parts, query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)) };
  } catch {
    return undefined;
  }
}

function singleHeaders({ headers }: IncomingMessage): FhirRequest['headers'] {
  const single = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]);
  return Object.fromEntries(single) as FhirRequest['headers'];
}

function allowOrigin(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  cors: readonly string[],
): void {
  if (origin === undefined || !(cors.includes(origin) || cors.includes('*'))) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE, OPTIONS');
  response.setHeader('access-control-allow-headers', 'authorization, content-type, if-match, if-none-exist, prefer');
  response.setHeader('access-control-expose-headers', 'etag, last-modified, location, content-location');
}

/** What was thrown: the store is away, or a bug, which the log gets and the client does not. */
export function problemOf(error: unknown, log: Log): Problem {
  const [known] = error instanceof JingluoError ? error.problems : [];
  if (known?.code === 'store.unavailable' || known?.code === 'store.cursor-invalid') return known;
  log.error('fhir.request-failed', {
    error: error instanceof Error ? error.name : typeof error,
    code: known?.code,
    at: error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined,
  });
  return problem('pipeline.bug', 'The request met a fault of the server; the log has it.');
}
