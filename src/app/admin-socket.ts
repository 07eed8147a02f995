import { chmod, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { sha256 } from '../core/ids.ts';
import { problem, type Problem } from '../core/problem.ts';
import { OperationFailed, type Line, type Operation, type Params } from './operations/operation.ts';
import type { Engine } from './engine.ts';

/** Longest path that a Unix socket may have on every system that Node runs on, in bytes. */
const LONGEST_SOCKET_PATH = 100;

/**
 * Where a running engine listens for commands: a socket in its data folder that only its owner may open; where that path
 * is too long for a socket, one of the temporary folder that is named after it.
 */
export function adminSocketPath(dataDir: string): string {
  const usual = path.join(dataDir, 'admin.sock');
  if (Buffer.byteLength(usual) <= LONGEST_SOCKET_PATH) return usual;
  return path.join(tmpdir(), `jingluo-${sha256(usual).slice(0, 24)}.sock`);
}

/** One line of the answer: a value, or the problem that ended the operation. */
type Frame = { readonly line: Line } | { readonly problem: Problem } | { readonly end: true };

/** Runs an operation and writes its lines as they come, one JSON text each; back-pressure from the reader holds it. */
export async function serveOperation(
  engine: Engine,
  operation: Operation | undefined,
  params: Params,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const send = (frame: Frame): Promise<void> => write(`${JSON.stringify(frame)}\n`);
  if (operation === undefined) {
    await send({ problem: problem('operation.unknown', 'There is no such operation.') });
    return;
  }
  try {
    for await (const line of operation.run(engine, params)) await send({ line });
    await send({ end: true });
  } catch (error) {
    const failed = error instanceof OperationFailed ? error.problem : faultOf(operation, error);
    await send({ problem: failed });
  }
}

function faultOf(operation: Operation, error: unknown): Problem {
  const kind = error instanceof Error ? error.name : typeof error;
  return problem('pipeline.bug', `The operation ${operation.name} met ${kind}.`);
}

/** Serves operations on the local admin socket. */
export class AdminSocket {
  readonly #server: http.Server;
  readonly #path: string;

  constructor(engine: Engine, operations: ReadonlyMap<string, Operation>, dataDir: string) {
    this.#path = adminSocketPath(dataDir);
    this.#server = http.createServer((request, response) => {
      const operation = operations.get((request.url ?? '/').slice(1));
      // Whoever asks may send nonsense or leave in the middle: that ends this answer, never the engine.
      answer(engine, operation, request, response).catch(() => response.destroy());
    });
  }

  /** Starts to listen; a socket file left behind by a killed process is replaced (the store's lock is already ours). */
  async start(): Promise<void> {
    await rm(this.#path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#path, resolve);
    });
    await chmod(this.#path, 0o600);
  }

  /** Stops listening and removes the socket. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    await rm(this.#path, { force: true });
  }
}

async function answer(
  engine: Engine,
  operation: Operation | undefined,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await serveOperation(engine, operation, body, (text) => writeTo(response, text));
  response.end();
}

/** Resolves when more may be written; rejects where the reader has gone. */
function writeTo(response: http.ServerResponse, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

async function readBody(request: http.IncomingMessage): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const value: unknown = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Asks a running engine; rejects with `ECONNREFUSED` or `ENOENT` where none runs. */
export async function* askEngine(dataDir: string, name: string, params: Params): AsyncIterable<Line> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = http.request({ socketPath: adminSocketPath(dataDir), path: `/${name}`, method: 'POST' }, resolve);
    request.once('error', reject);
    request.end(JSON.stringify(params));
  });
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const frame = JSON.parse(text) as Frame;
      if ('problem' in frame) throw new OperationFailed(frame.problem);
      if ('line' in frame) yield frame.line;
    }
  }
}
