import { silentLog } from '../../src/core/log.ts';
import { noMetrics } from '../../src/core/metrics.ts';
import type { FhirWriter } from '../../src/pipeline/fhir-writer.ts';
import { createRecordReads } from '../../src/record/reads.ts';
import { createServer, type Server, type ServerDeps } from '../../src/server/server.ts';
import type { ServerSettings } from '../../src/server/settings.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import type { Store } from '../../src/store/port.ts';
import { ZONE } from './resource-rows.ts';

/** A server over a memory store on a free port. */
export interface RunningServer {
  readonly server: Server;
  readonly store: Store;
  /** URL below `/fhir`. */
  url(path: string): string;
}

/** Starts a server; the caller stops it. */
export async function startServer(
  writer: (store: Store) => FhirWriter,
  more: { readonly deps?: Partial<ServerDeps>; readonly settings?: Partial<ServerSettings> } = {},
): Promise<RunningServer> {
  const store = openMemoryStore();
  const deps: ServerDeps = {
    store,
    reads: createRecordReads(store),
    writer: writer(store),
    zone: ZONE,
    cursorKey: 'test',
    version: '0.0.0',
    log: silentLog,
    now: () => new Date(),
    metrics: noMetrics,
    metricsText: () => Promise.resolve('# none\n'),
    ...more.deps,
  };
  const server = createServer(deps, { host: '127.0.0.1', port: 0, cors: [], auth: { type: 'none' }, ...more.settings });
  await server.start();
  return { server, store, url: (path) => `${server.address}/fhir${path}` };
}
