import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Answer, RawMessage } from '../../core/message.ts';
import { formatProblem, problem } from '../../core/problem.ts';
import { plainAddress } from '../allow-list.ts';
import { CDA, HL7_V2, messagesIn, rawMessage } from '../incoming.ts';
import type { ListenerDeps } from '../port.ts';
import { refusalFor } from '../refusal.ts';

/** What a handler accepts. */
export interface HandlerLimits {
  readonly path: string;
  readonly maxMessageBytes: number;
}

/** Media types by what they hold: HL7 v2 in its usual encoding (the second is that of the HAPI project), or CDA. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  [HL7_V2, HL7_V2],
  ['application/hl7-v2+er7', HL7_V2],
  [CDA, CDA],
  ['text/xml', CDA],
  ['application/xml', CDA],
]);

/** What a request holds by its Content-Type; undefined where that is nothing we take. */
function contentOf(request: IncomingMessage): string | undefined {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  return MEDIA_TYPES.get(type.trim().toLowerCase());
}

/** Handles one request; never rejects. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Handler of HL7 v2 and CDA over HTTP: POST with the message (or a batch) or one document as body. 200 with the
 * acknowledgements, 204 where none is asked for and for a document, 422 for a document that cannot be used, 503 where
 * nothing was kept, 404, 405, 413 and 415 as their names say.
 * @param isStopping asked before a message is taken
 */
export function hl7Handler(deps: ListenerDeps, limits: HandlerLimits, isStopping: () => boolean): HttpHandler {
  return async (request, response) => {
    response.on('error', () => undefined);
    const fault = faultOf(request, limits);
    if (fault !== undefined) {
      reject(response, fault, deps);
      return;
    }
    const body = await readBody(request, limits.maxMessageBytes);
    if (body === 'cut') {
      deps.metrics.count('jingluo_frames_cut_total', { channel: deps.name });
      deps.log.warn('request.cut', { channel: deps.name, peer: peerOf(request) });
      return;
    }
    const isDocument = contentOf(request) === CDA;
    if (!Buffer.isBuffer(body)) reject(response, { status: 413, head: body.head, isDocument }, deps);
    else if (isStopping()) unavailable(response);
    else if (isDocument) respondToDocument(response, await deliverDocument(deps, peerOf(request), body));
    else respond(response, await deliverAll(deps, peerOf(request), body));
  };
}

interface Fault {
  readonly status: 404 | 405 | 413 | 415;
  readonly head?: Uint8Array;
  readonly isDocument?: boolean;
}

function faultOf(request: IncomingMessage, limits: HandlerLimits): Fault | undefined {
  const [path = ''] = (request.url ?? '').split('?', 1);
  if (path !== limits.path) return { status: 404 };
  if (request.method !== 'POST') return { status: 405 };
  const content = contentOf(request);
  if (content === undefined) return { status: 415 };
  const length = Number(request.headers['content-length'] ?? '0');
  return length > limits.maxMessageBytes ? { status: 413, isDocument: content === CDA } : undefined;
}

/** Ends the request without reading it further; a refused message gets its acknowledgement as HL7 all the same. */
function reject(response: ServerResponse, { status, head, isDocument }: Fault, deps: ListenerDeps): void {
  const { log, metrics, name } = deps;
  metrics.count('jingluo_http_rejected_total', { channel: name, status: String(status) });
  log.warn('request.rejected', { channel: name, status });
  response.setHeader('Connection', 'close');
  if (status === 405) response.setHeader('Allow', 'POST');
  if (status === 415) response.setHeader('Accept-Post', `${HL7_V2}, ${CDA}`);
  response.statusCode = status;
  const tooLarge = problem('channel.message-too-large', 'the body is larger than the channel allows');
  const ack = status === 413 && isDocument !== true ? refusalFor(head ?? new Uint8Array(), tooLarge, deps) : undefined;
  if (ack !== undefined) response.setHeader('Content-Type', HL7_V2);
  response.end(ack);
}

/** The whole body; its head where it is too large; `cut` where the connection ended before it did. */
async function readBody(request: IncomingMessage, max: number): Promise<Buffer | 'cut' | { readonly head: Buffer }> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const stream: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of stream) {
      length += chunk.length;
      chunks.push(chunk);
      if (length > max) return { head: Buffer.concat(chunks).subarray(0, 4096) };
    }
  } catch {
    return 'cut';
  }
  return request.complete ? Buffer.concat(chunks, length) : 'cut';
}

/** Hands one message on; resolves when the next may follow. */
async function deliver(deps: ListenerDeps, message: RawMessage): Promise<{ readonly answer: Promise<Answer> }> {
  let resolve: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((settle) => {
    resolve = settle;
  });
  await deps.deliver({
    message,
    answer: (given) => {
      resolve(given);
      return Promise.resolve();
    },
  });
  return { answer };
}

/** Hands every message on, in order, and waits for all answers. */
async function deliverAll(deps: ListenerDeps, peer: string, body: Buffer): Promise<readonly Answer[]> {
  const answers: Promise<Answer>[] = [];
  for (const bytes of messagesIn(body)) {
    const { answer } = await deliver(deps, rawMessage(deps, peer, bytes));
    answers.push(answer);
  }
  return Promise.all(answers);
}

/** Hands a document on and waits for its answer. */
async function deliverDocument(deps: ListenerDeps, peer: string, body: Buffer): Promise<Answer> {
  const { answer } = await deliver(deps, rawMessage(deps, peer, body, CDA));
  return answer;
}

/** One unavailable message makes the whole request so: the sender repeats it, and what was kept answers as before. */
function respond(response: ServerResponse, answers: readonly Answer[]): void {
  const parts: Uint8Array[] = [];
  for (const answer of answers) {
    if (answer.kind === 'unavailable') {
      unavailable(response);
      return;
    }
    if (answer.bytes !== undefined) parts.push(answer.bytes);
  }
  if (parts.length === 0) {
    response.statusCode = 204;
    response.end();
    return;
  }
  response.statusCode = 200;
  response.setHeader('Content-Type', HL7_V2);
  response.end(Buffer.concat(parts));
}

/** A document has no acknowledgement of its own: 204 where it is kept, 422 with the reason where it cannot be used. */
function respondToDocument(response: ServerResponse, answer: Answer): void {
  if (answer.kind === 'unavailable') {
    unavailable(response);
    return;
  }
  response.statusCode = answer.kind === 'accepted' ? 204 : 422;
  if (answer.kind === 'accepted') response.end();
  else response.setHeader('Content-Type', 'text/plain; charset=utf-8').end(`${formatProblem(answer.problem)}\n`);
}

function unavailable(response: ServerResponse): void {
  response.statusCode = 503;
  response.setHeader('Retry-After', '5');
  response.end();
}

function peerOf(request: IncomingMessage): string {
  return `${plainAddress(request.socket.remoteAddress ?? '')}:${request.socket.remotePort ?? 0}`;
}
