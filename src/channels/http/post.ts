import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls, type RequestOptions } from 'node:https';

/** A response as far as a destination needs it. */
export interface PostResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** One POST. */
export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  /** TLS options, for https. */
  readonly tls: RequestOptions;
}

const MAX_REPLY_BYTES = 1024 * 1024;

/** Posts and reads the reply, of which 1 MiB is kept. Rejects with the network's error, or on a time-out of the whole. */
export async function post({ url, headers, body, timeoutMs, tls }: PostRequest): Promise<PostResponse> {
  const options = {
    ...tls,
    method: 'POST',
    headers: { ...headers, 'Content-Length': body.length },
    signal: AbortSignal.timeout(timeoutMs),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestTls : requestPlain)(url, options, resolve);
    request.on('error', reject);
    request.end(body);
  });
  const chunks: Buffer[] = [];
  let length = 0;
  const stream: AsyncIterable<Buffer> = response;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= MAX_REPLY_BYTES) chunks.push(chunk);
  }
  const status = response.statusCode ?? 0;
  return { status, contentType: response.headers['content-type'] ?? '', body: Buffer.concat(chunks) };
}
