import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { JingluoError, problem } from '../../core/problem.ts';
import { FrameDecoder, frameBytes } from '../../hl7/mllp-frames.ts';
import { loadClientTls, type ClientTls } from '../tls.ts';

/** Where an MLLP client connects to. */
export interface MllpTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: ClientTls;
  /** How long connecting, TLS handshake included, may take; 10 s where left out. */
  readonly connectTimeoutMs?: number;
  /** How long an answer may take; 60 s where left out. The connection is closed after that, as order would be lost. */
  readonly ackTimeoutMs?: number;
  /** Gets every answer that nobody waits for: a later application acknowledgement of enhanced mode. */
  readonly onUnsolicited?: (bytes: Uint8Array) => void;
}

const MAX_ACK_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const ACK_TIMEOUT_MS = 60_000;

interface Waiter {
  readonly controlId: string;
  readonly timer: NodeJS.Timeout;
  resolve(ack: Uint8Array): void;
  reject(error: JingluoError): void;
}

/**
 * A client over one MLLP connection. `send` may be called before earlier answers are there (pipelining); an answer goes to
 * the oldest message whose MSH-10 it repeats in MSA-2, and where it repeats none, to the oldest of all.
 */
export class MllpClient {
  readonly #socket: Socket;
  readonly #target: MllpTarget;
  readonly #decoder = new FrameDecoder(MAX_ACK_BYTES);
  readonly #waiters: Waiter[] = [];
  #closed = false;

  private constructor(socket: Socket, target: MllpTarget) {
    this.#socket = socket;
    this.#target = target;
    socket.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#fail('the connection was closed before the answer came');
    });
  }

  /** Connects; rejects with `channel.partner-unavailable` or `channel.tls-unreadable`. */
  static async connect(target: MllpTarget): Promise<MllpClient> {
    const tls = target.tls === undefined ? undefined : await loadClientTls(target.tls);
    const socket = await open(target, tls);
    socket.setNoDelay(true);
    return new MllpClient(socket, target);
  }

  /** False once the connection is gone. */
  get connected(): boolean {
    return !this.#closed && !this.#socket.destroyed && this.#socket.writable;
  }

  /**
   * Sends one message and resolves to the content of its answer; rejects with `channel.partner-unavailable` where none came.
   * @param bytes the message without frame
   */
  send(bytes: Uint8Array): Promise<Uint8Array> {
    if (!this.connected) return Promise.reject(unavailable(this.#target, 'the connection is closed'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail('no answer in time');
        this.#socket.destroy();
      }, this.#target.ackTimeoutMs ?? ACK_TIMEOUT_MS);
      this.#waiters.push({ controlId: fieldOf(bytes, 'MSH', 9), timer, resolve, reject });
      this.#socket.write(frameBytes(bytes));
    });
  }

  /** Ends the connection; answers that are still missing are given up. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => {
        resolve();
      });
      this.#socket.end();
      setTimeout(() => this.#socket.destroy(), 1_000).unref();
    });
  }

  #receive(chunk: Buffer): void {
    for (const event of this.#decoder.push(chunk)) {
      if (event.kind !== 'frame') continue;
      const waiter = this.#take(fieldOf(event.bytes, 'MSA', 2));
      if (waiter === undefined) {
        this.#target.onUnsolicited?.(event.bytes);
        continue;
      }
      clearTimeout(waiter.timer);
      waiter.resolve(event.bytes);
    }
  }

  #take(controlId: string): Waiter | undefined {
    if (controlId === '') return this.#waiters.shift();
    const at = this.#waiters.findIndex((waiter) => waiter.controlId === controlId);
    return at < 0 ? undefined : this.#waiters.splice(at, 1)[0];
  }

  #fail(reason: string): void {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(unavailable(this.#target, reason));
    }
  }
}

function open(target: MllpTarget, tls: ConnectionOptions | undefined): Promise<Socket> {
  const { host, port, connectTimeoutMs = CONNECT_TIMEOUT_MS } = target;
  return new Promise((resolve, reject) => {
    const socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ ...tls, host, port });
    const fail = (reason: string, cause?: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(unavailable(target, reason, cause));
    };
    const timer = setTimeout(() => {
      fail('connecting took too long');
    }, connectTimeoutMs);
    const failed = (cause: NodeJS.ErrnoException): void => {
      fail(cause.code ?? 'the connection failed', cause);
    };
    socket.once('error', failed);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

function unavailable({ host, port }: MllpTarget, reason: string, cause?: unknown): JingluoError {
  const fault = problem('channel.partner-unavailable', `${host}:${port}: ${reason}`);
  return cause === undefined ? new JingluoError(fault) : new JingluoError(fault, { cause });
}

/** A field of the first segment of that name, from undecoded bytes; enough for MSH-10 and MSA-2, which are ASCII. */
function fieldOf(bytes: Uint8Array, segment: string, index: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1');
  const start = segment === 'MSH' ? text.indexOf(segment) : text.search(new RegExp(`[\\r\\n]${segment}`)) + 1;
  if (start < 0 || !text.startsWith(segment, start)) return '';
  const line = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
  return line.split(line.charAt(3), index + 1)[index] ?? '';
}
