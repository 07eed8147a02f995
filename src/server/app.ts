import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Log } from '../core/log.ts';
import { problem } from '../core/problem.ts';
import { isObject } from '../fhir/json.ts';
import type { Authenticate } from './auth/authenticate.ts';
import { problemReply } from './fhir/status.ts';
import { problemOf } from './fhir-listener.ts';
import type { AdminOperations, Pages } from './pages.ts';
import { MAX_BODY, readBody } from './read-body.ts';
import { sendReply } from './reply.ts';

/** What stands beside the FHIR endpoint. */
export interface AppParts {
  readonly authenticate: Authenticate;
  /** Whether the store answers. */
  readonly isReady: () => Promise<boolean>;
  readonly metricsText: () => Promise<string>;
  readonly log: Log;
  readonly admin?: AdminOperations;
  readonly pages?: Pages;
}

/** Everything but the FHIR endpoint: health, metrics, operations, pages. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/health', (_request, response) => {
    response.json({ status: 'up' });
  });
  app.get('/ready', async (_request, response) => {
    const ready = await parts.isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'store unavailable' });
  });
  app.get('/metrics', async (request, response) => {
    if (!(await isAllowed(parts, request, response, false))) return;
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await parts.metricsText());
  });
  const { admin, pages } = parts;
  if (admin !== undefined) {
    app.post('/admin/:operation', async (request, response) => {
      if (await isAllowed(parts, request, response, true)) await runOperation(admin, request, response);
    });
  }
  if (pages !== undefined)
    app.use(
      (request, response, next) =>
        void page(pages, request, response).then((found) => {
          if (!found) next();
        }, next),
    );
  app.use((request, response) => {
    const { path } = request;
    const found = problem('server.not-found', 'There is nothing at this address.', { path });
    return sendReply(request, response, problemReply(found));
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else void sendReply(request, response, problemReply(problemOf(error, parts.log)));
  });
  return app;
}

async function isAllowed(
  { authenticate }: AppParts,
  request: Request,
  response: Response,
  asOperator: boolean,
): Promise<boolean> {
  const principal = await authenticate(request.headers.authorization);
  if (principal.ok && (!asOperator || principal.value.isOperator)) return true;
  const refused = principal.ok
    ? problem('server.forbidden', 'Operations need the scopes system/*.read and system/*.write.')
    : principal.error;
  await sendReply(request, response, problemReply(refused));
  return false;
}

/** The answer is written line by line while the operation runs; back-pressure from the reader holds it. */
async function runOperation(admin: AdminOperations, request: Request, response: Response): Promise<void> {
  const body = await readBody(request);
  const params = body === undefined ? undefined : parseParams(body.toString('utf8'));
  if (params === undefined) {
    const refused = problem('server.request-invalid', `A JSON object of at most ${MAX_BODY} bytes is expected.`);
    await sendReply(request, response, problemReply(refused));
    return;
  }
  const { operation } = request.params;
  response.type('application/x-ndjson');
  await admin(typeof operation === 'string' ? operation : '', params, async (text) => {
    if (response.destroyed || response.write(text)) return;
    // A reader that goes away never drains.
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  });
  response.end();
}

function parseParams(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function headersOf({ headers }: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

async function page(pages: Pages, request: Request, response: Response): Promise<boolean> {
  const bytes = (request.method === 'POST' ? await readBody(request) : undefined) ?? Buffer.alloc(0);
  const { method, path } = request;
  const answer = await pages({ method, path, body: bytes.toString('utf8'), bytes, headers: headersOf(request) });
  if (answer === undefined) return false;
  await sendReply(request, response, answer);
  return true;
}
