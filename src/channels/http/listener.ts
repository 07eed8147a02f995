import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';

import { definePlugin } from '../../core/plugin.ts';
import { compileAllowList, plainAddress, type IsAllowed } from '../allow-list.ts';
import { boundPort, listen } from '../bind.ts';
import type { Listener, ListenerDeps, ListenerPlugin } from '../port.ts';
import { loadServerTls } from '../tls.ts';
import { hl7Handler, type HttpHandler } from './handler.ts';
import { httpSchema, type HttpSettings } from './settings.ts';

const CLOSE_IDLE_EVERY_MS = 50;

class HttpListener implements Listener {
  readonly #settings: HttpSettings;
  readonly #deps: ListenerDeps;
  readonly #isAllowed: IsAllowed;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #stopping = false;

  constructor(settings: HttpSettings, deps: ListenerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#isAllowed = compileAllowList(settings.allow);
  }

  get address(): string {
    const { bind = '127.0.0.1', port, tls, path = '/' } = this.#settings;
    const origin = `${tls === undefined ? 'http' : 'https'}://${bind}:${boundPort(this.#server, port)}`;
    return path === '/' ? origin : origin + path;
  }

  async start(): Promise<void> {
    const { bind = '127.0.0.1', port, path = '/', maxMessageBytes = 10 * 1024 * 1024, tls } = this.#settings;
    const handler = hl7Handler(this.#deps, { path, maxMessageBytes }, () => this.#stopping);
    const server = tls === undefined ? createServer() : createHttpsServer(await loadServerTls(tls));
    this.#configure(server, handler);
    await listen(server, { channel: this.#deps.name, bind, port });
    this.#server = server;
    this.#stopping = false;
  }

  async stop(graceMs: number): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#stopping = true;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    // A connection becomes idle when its answer is out; only then may it be closed.
    const idle = setInterval(() => {
      server.closeIdleConnections();
    }, CLOSE_IDLE_EVERY_MS);
    const forced = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearInterval(idle);
    clearTimeout(forced);
    this.#server = undefined;
  }

  #configure(server: Server, handler: HttpHandler): void {
    server.requestTimeout = this.#settings.requestTimeoutMs ?? 60_000;
    server.headersTimeout = Math.min(server.requestTimeout, 30_000);
    server.on('request', (request, response) => {
      void handler(request, response);
    });
    server.prependListener('connection', (socket: Socket) => {
      this.#admit(socket);
    });
  }

  #admit(socket: Socket): void {
    const { log, metrics, name } = this.#deps;
    const allowed = this.#isAllowed(socket.remoteAddress);
    if (allowed && this.#sockets.size < (this.#settings.maxConnections ?? 256)) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      return;
    }
    const reason = allowed ? 'too-many' : 'not-allowed';
    metrics.count('jingluo_peers_refused_total', { channel: name, reason });
    log.warn('connection.refused', { channel: name, peer: plainAddress(socket.remoteAddress ?? ''), reason });
    socket.destroy();
  }
}

/** Takes HL7 v2 messages that are posted over HTTP, plain or over TLS. */
export const httpListener: ListenerPlugin = definePlugin<HttpSettings, Listener, ListenerDeps>({
  type: 'http',
  summary: 'Takes HL7 v2 messages posted as application/hl7-v2.',
  schema: httpSchema,
  examples: [
    { port: 8081 },
    { bind: '0.0.0.0', port: 8443, path: '/hl7', tls: { cert: 'tls/server.pem', key: 'tls/server.key' } },
  ],
  create: (settings, deps) => new HttpListener(settings, deps),
});
