import type { Server, Socket } from 'node:net';

import { compileAllowList, plainAddress, type IsAllowed } from './allow-list.ts';
import { boundPort, listen } from './bind.ts';
import type { ListenerDeps } from './port.ts';

/** Settings that every listening channel has. */
export interface DoorSettings {
  readonly port: number;
  /** 127.0.0.1 where left out. */
  readonly bind?: string;
  readonly allow?: readonly string[];
  /** 256 where left out. */
  readonly maxConnections?: number;
}

/** The listening socket of a channel: where it is bound, who may connect, who is connected. */
export class Door {
  readonly #settings: DoorSettings;
  readonly #deps: Pick<ListenerDeps, 'name' | 'log' | 'metrics'>;
  readonly #isAllowed: IsAllowed;
  /** Every socket, also those that are still in their TLS handshake. */
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(settings: DoorSettings, deps: Pick<ListenerDeps, 'name' | 'log' | 'metrics'>) {
    this.#settings = settings;
    this.#deps = deps;
    this.#isAllowed = compileAllowList(settings.allow);
  }

  /** `host:port`; the port that a free one (0) became once it is open. */
  get address(): string {
    const { bind = '127.0.0.1', port } = this.#settings;
    return `${bind}:${boundPort(this.#server, port)}`;
  }

  /** Binds a server and looks at every connection before anything is read from it; rejects as {@link listen} does. */
  async open(server: Server): Promise<void> {
    const { bind = '127.0.0.1', port } = this.#settings;
    server.prependListener('connection', (socket: Socket) => {
      this.#admit(socket);
    });
    await listen(server, { channel: this.#deps.name, bind, port });
    this.#server = server;
  }

  /** Lets nobody in any more; resolves when nobody is inside. Who is still there after `graceMs` is thrown out. */
  async close(graceMs: number): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    const forced = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(forced);
    this.#server = undefined;
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
    log.warn('connection.refused', { channel: name, peer: peerOf(socket), reason });
    socket.destroy();
  }
}

/** Address and port of the other side. */
export function peerOf(socket: Socket): string {
  return `${plainAddress(socket.remoteAddress ?? '')}:${socket.remotePort ?? 0}`;
}
