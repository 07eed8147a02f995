import type { IncomingMessage } from 'node:http';

/** Largest body of a request: 10 MiB, as a message (DESIGN section 3). */
export const MAX_BODY = 10 * 1024 * 1024;

/** The body of a request; undefined where it is larger than `MAX_BODY`: the rest is not read. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > MAX_BODY) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  // The request stays open when reading stops early: its answer goes over the same socket.
  const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const part of chunks) {
    size += part.length;
    if (size > MAX_BODY) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
