import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { definePlugin } from '../../core/plugin.ts';
import { Door, peerOf } from '../door.ts';
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
  readonly #door: Door;
  readonly #connections = new Map<MllpConnection, Promise<void>>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(settings: MllpSettings, deps: ListenerDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#limits = limitsOf(settings);
    this.#door = new Door(settings, deps);
  }

  get address(): string {
    return `${this.#settings.tls === undefined ? 'mllp' : 'mllps'}://${this.#door.address}`;
  }

  async start(): Promise<void> {
    await this.#door.open(await this.#createServer(this.#settings.tls));
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
    for (const connection of this.#connections.keys()) connection.stop();
    await Promise.all([this.#door.close(graceMs), ...this.#connections.values()]);
    clearInterval(this.#sweep);
  }

  async #createServer(tls: MllpSettings['tls']): Promise<Server> {
    const serve = (socket: Socket): void => {
      this.#serve(socket);
    };
    // Half-open: a sender may end its side and still wait for the answers.
    if (tls === undefined) return createServer({ allowHalfOpen: true }, serve);
    const options = { ...(await loadServerTls(tls)), handshakeTimeout: HANDSHAKE_TIMEOUT_MS, allowHalfOpen: true };
    const server = createTlsServer(options, serve);
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      const { log, metrics, name } = this.#deps;
      metrics.count('jingluo_tls_failures_total', { channel: name });
      log.warn('connection.tls-failed', { channel: name, peer: peerOf(socket), reason: error.code });
    });
    return server;
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
