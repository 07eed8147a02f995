import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import type { Answer, Delivery } from '../../src/core/message.ts';
import { noMetrics, type Labels, type Metrics } from '../../src/core/metrics.ts';
import { silentLog } from '../../src/core/log.ts';
import { systemClock } from '../../src/core/clock.ts';
import { buildAck } from '../../src/hl7/ack.ts';
import { FrameDecoder } from '../../src/hl7/mllp-frames.ts';
import { readMessage } from '../../src/hl7/read-message.ts';
import { DESTINATIONS, LISTENERS, MllpClient, type MllpTarget } from '../../src/channels/builtins.ts';
import type { Destination, Listener, ListenerDeps } from '../../src/channels/port.ts';

/** A message with that control id. */
export function adt(id: string, more = ''): Buffer {
  return Buffer.from(`MSH|^~\\&|HIS|H1|JL|H1|20261121||ADT^A08|${id}|P|2.5||||||UNICODE UTF-8\rPID|1||P1${more}\r`);
}

/** Answers a message as intake would: AA, or AR where it is none. */
export function acknowledge(bytes: Uint8Array): Answer {
  const read = readMessage(bytes);
  const request = { controlId: 'ACK1', at: new Date(0) };
  if (read.ok) return { kind: 'accepted', bytes: buildAck(read.value, { ...request, code: 'AA' }).bytes };
  const refusal = buildAck(undefined, { ...request, code: 'AR', problems: [read.error] });
  return { kind: 'refused', kept: true, problem: read.error, bytes: refusal.bytes };
}

/** Counts what a listener counts. */
export class Counts implements Metrics {
  readonly values = new Map<string, number>();

  count(name: string, labels: Labels = {}, by = 1): void {
    const key = [name, labels['reason'] ?? labels['what'] ?? ''].filter((part) => part !== '').join(':');
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }

  gauge(name: string, value: number): void {
    this.values.set(name, value);
  }

  observe(): void {
    // No listener measures durations.
  }
}

/** Dependencies of a listener whose messages go to `deliver`; what was delivered is in `received`. */
export function listenerDeps(deliver?: (delivery: Delivery) => Promise<void>): {
  readonly deps: ListenerDeps;
  readonly received: string[];
  readonly counts: Counts;
} {
  const received: string[] = [];
  const counts = new Counts();
  const deps: ListenerDeps = {
    name: 'his',
    log: silentLog,
    metrics: counts,
    clock: systemClock,
    newId: randomUUID,
    deliver: async (delivery) => {
      received.push(Buffer.from(delivery.message.bytes).toString('utf8'));
      if (deliver === undefined) await delivery.answer(acknowledge(delivery.message.bytes));
      else await deliver(delivery);
    },
  };
  return { deps, received, counts };
}

/** A socket that collects the frames it is sent; for bytes that no well-behaved client writes. */
export class RawPeer {
  readonly socket: Socket;
  readonly frames: string[] = [];
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const decoder = new FrameDecoder(1_000_000);
    socket.on('data', (chunk) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (const event of decoder.push(bytes)) {
        if (event.kind === 'frame') this.frames.push(Buffer.from(event.bytes).toString('utf8'));
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** The other side has ended the connection. */
  get ended(): boolean {
    return this.closed || this.socket.readableEnded;
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      this.socket.write(bytes, () => {
        resolve();
      });
    });
  }
}

/** Listeners, clients and peers of one test, closed together. */
export class Stage {
  readonly #open: (() => Promise<unknown>)[] = [];

  async listen(
    deps: ListenerDeps,
    settings: object = {},
    type = 'mllp',
  ): Promise<{ listener: Listener; port: number }> {
    const plugin = LISTENERS.find((one) => one.type === type);
    const listener = plugin?.create(type === 'file' ? settings : { port: 0, ...settings }, deps);
    if (listener === undefined) throw new TypeError(`no ${type} listener`);
    await listener.start();
    this.#open.unshift(() => listener.stop(200));
    return { listener, port: portOf(listener.address) };
  }

  async client(port: number, more: Partial<MllpTarget> = {}): Promise<MllpClient> {
    const client = await MllpClient.connect({ host: '127.0.0.1', port, ackTimeoutMs: 5_000, ...more });
    this.#open.unshift(() => client.close());
    return client;
  }

  async peer(port: number): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    this.#open.unshift(() => Promise.resolve(peer.socket.destroy()));
    return peer;
  }

  destination(settings: object, type = 'mllp'): Destination {
    const plugin = DESTINATIONS.find((one) => one.type === type);
    const made = plugin?.create(settings, { name: 'out', log: silentLog, metrics: noMetrics });
    if (made === undefined) throw new TypeError(`no ${type} destination`);
    this.#open.unshift(() => made.close());
    return made;
  }

  /** Something else to close with the stage. */
  add(close: () => Promise<unknown>): void {
    this.#open.unshift(close);
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0)) await close();
  }
}

/** Waits until something holds, for at most five seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const stop = Date.now() + 5_000;
  while (!holds() && Date.now() < stop) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Port of `mllp://127.0.0.1:2575`. */
export const portOf = (address: string): number => Number(/:(\d+)(?:\/.*)?$/.exec(address)?.[1]);

/** MSA-1 and MSA-2 of an acknowledgement. */
export function msa(ack: Uint8Array | string | undefined): string {
  const text = typeof ack === 'string' ? ack : Buffer.from(ack ?? []).toString('utf8');
  const [, code = '', id = ''] = /\rMSA\|([^|\r]*)\|?([^|\r]*)/.exec(text) ?? [];
  return `${code} ${id}`.trim();
}
