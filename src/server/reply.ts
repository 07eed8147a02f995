import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** An answer as data; whoever made it knows no socket. */
export interface Reply {
  readonly status: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: no body. */
  readonly body?: string;
}

const compress = promisify(gzip);
/** Below it, compressing costs more than it saves. */
const GZIP_FROM = 8 * 1024;

/** Writes an answer; large bodies compressed where the client takes it, none for HEAD. */
export async function sendReply(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.contentType !== undefined) response.setHeader('content-type', reply.contentType);
  response.statusCode = reply.status;
  if (reply.body === undefined) {
    if (reply.status !== 204 && reply.status !== 304) response.setHeader('content-length', 0);
    response.end();
    return;
  }
  const bytes = await encode(request, response, reply.body);
  response.setHeader('content-length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function encode(request: IncomingMessage, response: ServerResponse, body: string): Promise<Buffer> {
  const plain = Buffer.from(body, 'utf8');
  if (plain.length <= GZIP_FROM) return plain;
  response.appendHeader('vary', 'accept-encoding');
  if (!acceptsGzip(request)) return plain;
  response.setHeader('content-encoding', 'gzip');
  return compress(plain);
}
function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b(?!;\s*q=0(?:\.0*)?(?:,|$))/.test(headerText(request.headers['accept-encoding']));
}

function headerText(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header ?? []).join(',');
}
