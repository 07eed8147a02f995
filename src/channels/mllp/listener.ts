import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { definePlugin } from '../../core/plugin.ts';
import { compileAllowList, plainAddress, type IsAllowed } from '../allow-list.ts';
import { boundPort, listen } from '../bind.ts';
import type { Listener, ListenerDeps, ListenerPlugin } from '../port.ts';
import { loadServerTls } from '../tls.ts';
import { MllpConnection } from './connection.ts';
import { limitsOf, mllpSchema, type ConnectionLimits, type MllpSettings } from './settings.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How often time-outs are looked for. */
const SWEEP_MS = 1_000;

class MllpListener implements Listener {
  readonly #settings: MllpSettings;
  readonly #deps: ListenerDeps;
  readonly #limits: ConnectionLimits;
  readonly #isAllowed: IsAllowed;
  readonly #connections = new Map<MllpConnection, Promise<void>>();
  /** Every socket, also those that are still in their TLS handshake. */
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(settings: MllpSettings, deps: ListenerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#limits = limitsOf(settings);
    this.#isAllowed = compileAllowList(settings.allow);
  }

  get address(): string {
    const { bind = '127.0.0.1', port, tls } = this.#settings;
    return `${tls === undefined ? 'mllp' : 'mllps'}://${bind}:${boundPort(this.#server, port)}`;
  }

  async start(): Promise<void> {
    const { bind = '127.0.0.1', port, tls } = this.#settings;
    const server = await this.#createServer(tls);
    await listen(server, { channel: this.#deps.name, bind, port });
    this.#server = server;
    const shortest = Math.min(this.#limits.idleTimeoutMs, this.#limits.frameTimeoutMs);
    this.#sweep = setInterval(
      () => {
        const now = performance.now();
        for (const connection of this.#connections.keys()) connection.checkTime(now);
      },
      Math.min(SWEEP_MS, Math.ceil(shortest / 4)),
    ).unref();
  }

  async stop(graceMs: number): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
    for (const connection of this.#connections.keys()) connection.stop();
    const forced = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await Promise.all([closed, ...this.#connections.values()]);
    clearTimeout(forced);
    clearInterval(this.#sweep);
    this.#server = undefined;
  }

  async #createServer(tls: MllpSettings['tls']): Promise<Server> {
    const serve = (socket: Socket): void => {
      this.#serve(socket);
    };
    // Half-open: a sender may end its side and still wait for the answers.
    if (tls === undefined) {
      const server = createServer({ allowHalfOpen: true }, serve);
      return server.prependListener('connection', (socket: Socket) => {
        this.#admit(socket);
      });
    }
    const options = { ...(await loadServerTls(tls)), handshakeTimeout: HANDSHAKE_TIMEOUT_MS, allowHalfOpen: true };
    const server = createTlsServer(options, serve);
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      const { log, metrics, name } = this.#deps;
      metrics.count('jingluo_tls_failures_total', { channel: name });
      log.warn('connection.tls-failed', { channel: name, peer: peerOf(socket), reason: error.code });
    });
    return server.prependListener('connection', (socket: Socket) => {
      this.#admit(socket);
    });
  }

  /** Looks at a connection before anything is read from it. */
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
    log.warn('connection.refused', { channel: name, peer: peerOf(socket), reason });
    socket.destroy();
  }

  #serve(socket: Socket): void {
    if (socket.destroyed) return;
    const connection = new MllpConnection(socket, peerOf(socket), this.#deps, this.#limits);
    const running = connection.run().finally(() => {
      this.#connections.delete(connection);
      this.#gauge();
    });
    this.#connections.set(connection, running);
    this.#gauge();
  }

  #gauge(): void {
    this.#deps.metrics.gauge('jingluo_connections', this.#connections.size, { channel: this.#deps.name });
  }
}

function peerOf(socket: Socket): string {
  return `${plainAddress(socket.remoteAddress ?? '')}:${socket.remotePort ?? 0}`;
}

/** Listens for HL7 v2 over MLLP (HL7 v2.8.2 appendix C.4), plain or over TLS. */
export const mllpListener: ListenerPlugin = definePlugin<MllpSettings, Listener, ListenerDeps>({
  type: 'mllp',
  summary: 'Listens for HL7 v2 messages over MLLP.',
  schema: mllpSchema,
  examples: [
    { port: 2575 },
    {
      bind: '0.0.0.0',
      port: 2576,
      allow: ['10.20.0.0/16'],
      tls: { cert: 'tls/server.pem', key: 'tls/server.key', clientCa: 'tls/partners.pem' },
      idleTimeoutMs: 600_000,
    },
  ],
  create: (settings, deps) => new MllpListener(settings, deps),
});
