import { readFileSync } from 'node:fs';
import path from 'node:path';

import { createRecordReads } from '../record/reads.ts';
import { createServer, type Server } from '../server/server.ts';
import { serveOperation } from './admin-socket.ts';
import { takeCallback } from './callbacks.ts';
import type { DemoControl } from './demo/control.ts';
import { phonePage } from './demo/phone.ts';
import type { Engine } from './engine.ts';
import { HOME } from './home.ts';
import { OPERATIONS } from './operations/builtins.ts';

/** What the HTTP server shows beside the engine. */
export interface HttpExtras {
  readonly metricsText: () => Promise<string>;
  /** Serves the phone simulator. */
  readonly demo?: DemoControl;
}

/** Starts the HTTP server of an engine: FHIR endpoint, operations, health, metrics, and the demo phone. */
export async function startHttp(engine: Engine, { metricsText, demo }: HttpExtras): Promise<Server> {
  const { config, store, writer, log, metrics, searching } = engine;
  const server = createServer(
    {
      store,
      reads: createRecordReads(store),
      writer,
      zone: config.zone,
      cursorKey: searching.cursorKey,
      version: productVersion(),
      log,
      now: () => new Date(),
      metrics,
      metricsText,
      isWriting: () => !engine.intake.isRefusing && [...engine.queues.values()].every((queue) => queue.isHealthy),
      admin: (name, params, write) => serveOperation(engine, OPERATIONS.get(name), params, write),
      pages: async (request) =>
        (await takeCallback(engine, request)) ?? (demo === undefined ? undefined : phonePage(demo, request)),
    },
    config.http,
  );
  await server.start();
  return server;
}

/** The version in package.json. */
function productVersion(): string {
  const text = readFileSync(path.join(HOME, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
