import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';

import { definePlugin } from '../../core/plugin.ts';
import { Door } from '../door.ts';
import type { Listener, ListenerDeps, ListenerPlugin } from '../port.ts';
import { loadServerTls } from '../tls.ts';
import { hl7Handler, type HttpHandler } from './handler.ts';
import { httpSchema, type HttpSettings } from './settings.ts';

const CLOSE_IDLE_EVERY_MS = 50;

class HttpListener implements Listener {
  readonly #settings: HttpSettings;
  readonly #deps: ListenerDeps;
  readonly #door: Door;
  #server: Server | undefined;
  #stopping = false;

  constructor(settings: HttpSettings, deps: ListenerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#door = new Door(settings, deps);
  }

  get address(): string {
    const { tls, path = '/' } = this.#settings;
    const origin = `${tls === undefined ? 'http' : 'https'}://${this.#door.address}`;
    return path === '/' ? origin : origin + path;
  }

  async start(): Promise<void> {
    const { path = '/', maxMessageBytes = 10 * 1024 * 1024, tls } = this.#settings;
    const handler = hl7Handler(this.#deps, { path, maxMessageBytes }, () => this.#stopping);
    const server = tls === undefined ? createServer() : createHttpsServer(await loadServerTls(tls));
    this.#configure(server, handler);
    await this.#door.open(server);
    this.#server = server;
    this.#stopping = false;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    // A connection becomes idle when its answer is out; only then may it be closed.
    const idle = setInterval(() => this.#server?.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
    await this.#door.close(graceMs);
    clearInterval(idle);
    this.#server = undefined;
  }

  #configure(server: Server, handler: HttpHandler): void {
    server.requestTimeout = this.#settings.requestTimeoutMs ?? 60_000;
    server.headersTimeout = Math.min(server.requestTimeout, 30_000);
    server.on('request', (request, response) => {
      void handler(request, response);
    });
  }
}

/** Takes HL7 v2 messages and CDA documents that are posted over HTTP, plain or over TLS. */
export const httpListener: ListenerPlugin = definePlugin<HttpSettings, Listener, ListenerDeps>({
  type: 'http',
  summary:
    'Takes HL7 v2 messages posted as application/hl7-v2 and CDA documents as application/hl7-cda+xml or text/xml.',
  schema: httpSchema,
  examples: [
    { port: 8081 },
    { bind: '0.0.0.0', port: 8443, path: '/hl7', tls: { cert: 'tls/server.pem', key: 'tls/server.key' } },
  ],
  create: (settings, deps) => new HttpListener(settings, deps),
});
