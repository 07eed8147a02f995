import type { Socket } from 'node:net';

import type { Answer } from '../../core/message.ts';
import { problem } from '../../core/problem.ts';
import { FrameDecoder, type FrameEvent } from '../../hl7/mllp-frames.ts';
import { messagesIn, rawMessage } from '../incoming.ts';
import type { ListenerDeps } from '../port.ts';
import { refusalFor } from '../refusal.ts';
import { Replies } from './replies.ts';
import type { ConnectionLimits } from './settings.ts';

/** Messages of one connection that may wait for their answers before reading stops. */
const MAX_PENDING = 1_000;
/** How long a closed peer may take to read the last answer. */
const LINGER_MS = 2_000;

/** One connection of an MLLP listener: reads frames, hands their messages on, answers in order. */
export class MllpConnection {
  readonly #socket: Socket;
  readonly #deps: ListenerDeps;
  readonly #limits: ConnectionLimits;
  readonly #peer: string;
  readonly #decoder: FrameDecoder;
  readonly #replies: Replies;
  #stopping = false;
  #ending = false;
  /** Monotonic moment at which waiting for bytes turns into a time-out; undefined while not waiting. */
  #deadline: number | undefined;
  #frameMsLeft: number;
  /** Called when the socket takes writes again, or is gone. */
  #onDrain: () => void = () => undefined;

  constructor(socket: Socket, peer: string, deps: ListenerDeps, limits: ConnectionLimits) {
    this.#socket = socket;
    this.#peer = peer;
    this.#deps = deps;
    this.#limits = limits;
    this.#frameMsLeft = limits.frameTimeoutMs;
    this.#decoder = new FrameDecoder(limits.maxMessageBytes);
    this.#replies = new Replies(socket, () => {
      this.#end();
    });
  }

  /** Serves until the connection is gone. Never rejects. */
  async run(): Promise<void> {
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      this.#socket.once('close', () => {
        this.#replies.close();
        this.#onDrain();
        resolve();
      });
    });
    this.#socket.on('drain', () => {
      this.#onDrain();
    });
    try {
      await this.#read();
    } catch {
      // The peer reset the connection: as good as its end.
    }
    this.#reportCut();
    await this.#replies.below(1);
    this.#end();
    await closed;
  }

  /** Reads no further messages; ends when the answers that are under way have gone out. */
  stop(): void {
    this.#stopping = true;
    void this.#replies.below(1).then(() => {
      this.#end();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Closes the connection if it has waited too long. @param now monotonic milliseconds */
  checkTime(now: number): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    if (!this.#decoder.midFrame && this.#replies.pending > 0) return;
    const { log, metrics, name } = this.#deps;
    const what = this.#decoder.midFrame ? 'frame' : 'idle';
    log.warn('connection.timed-out', { channel: name, peer: this.#peer, what });
    metrics.count('jingluo_connection_timeouts_total', { channel: name, what });
    this.#deadline = undefined;
    if (this.#decoder.midFrame) this.#socket.destroy();
    else this.#end();
  }

  async #read(): Promise<void> {
    let started = this.#startWaiting();
    // Not destroyed on return: the last answers still have to go out.
    const chunks: AsyncIterable<Uint8Array> = this.#socket.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      this.#stopWaiting(started);
      if (this.#isEnding()) return;
      for (const event of this.#decoder.push(chunk)) {
        await this.#handle(event);
        if (this.#isEnding()) return;
      }
      await this.#replies.below(MAX_PENDING);
      if (this.#socket.writableNeedDrain) await this.#drained();
      started = this.#startWaiting();
    }
  }

  #isEnding(): boolean {
    return this.#ending || this.#stopping;
  }

  #startWaiting(): number {
    const now = performance.now();
    this.#deadline = now + (this.#decoder.midFrame ? this.#frameMsLeft : this.#limits.idleTimeoutMs);
    return now;
  }

  /** Only the time spent waiting for the peer counts towards its frame, not the time it had to wait for us. */
  #stopWaiting(started: number): void {
    this.#deadline = undefined;
    if (this.#decoder.midFrame) this.#frameMsLeft -= performance.now() - started;
    else this.#frameMsLeft = this.#limits.frameTimeoutMs;
  }

  /** A peer that does not read its answers is given no more of them. */
  async #drained(): Promise<void> {
    this.#deadline = performance.now() + this.#limits.frameTimeoutMs;
    if (!this.#socket.destroyed) await new Promise<void>((resolve) => (this.#onDrain = resolve));
    this.#deadline = undefined;
  }

  async #handle(event: FrameEvent): Promise<void> {
    const { log, metrics, name } = this.#deps;
    this.#frameMsLeft = this.#limits.frameTimeoutMs;
    switch (event.kind) {
      case 'frame':
        for (const bytes of messagesIn(event.bytes)) await this.#deliver(bytes);
        return;
      case 'too-long':
        metrics.count('jingluo_messages_too_large_total', { channel: name });
        log.warn('message.too-large', { channel: name, peer: this.#peer, limit: this.#limits.maxMessageBytes });
        this.#refuse(event.head, 'too-large');
        return;
      case 'noise':
        metrics.count('jingluo_noise_bytes_total', { channel: name }, event.length);
        log.warn('connection.not-hl7', { channel: name, peer: this.#peer, bytes: event.length });
        this.#refuse(event.head, 'not-hl7');
        return;
    }
  }

  async #deliver(bytes: Uint8Array): Promise<void> {
    const slot = this.#replies.reserve();
    await this.#deps.deliver({
      message: rawMessage(this.#deps, this.#peer, bytes),
      answer: (answer: Answer) => {
        this.#replies.answer(slot, answer);
        return Promise.resolve();
      },
      follow: (later) => this.#replies.follow(slot, later),
    });
  }

  #refuse(head: Uint8Array, why: 'too-large' | 'not-hl7'): void {
    const reason =
      why === 'too-large'
        ? problem('channel.message-too-large', `the message is larger than ${this.#limits.maxMessageBytes} bytes`)
        : problem('channel.not-hl7', 'bytes outside of an MLLP frame (VT … FS CR)');
    this.#ending ||= why === 'not-hl7';
    this.#replies.fill(this.#replies.reserve(), refusalFor(head, reason, this.#deps), why === 'not-hl7');
  }

  #reportCut(): void {
    if (!this.#decoder.midFrame) return;
    const { log, metrics, name } = this.#deps;
    metrics.count('jingluo_frames_cut_total', { channel: name });
    log.warn('frame.cut', { channel: name, peer: this.#peer, bytes: this.#decoder.pendingBytes });
  }

  /** Ends our side and throws away what still comes, so that the last answer is not lost in a reset. */
  #end(): void {
    this.#ending = true;
    if (this.#socket.destroyed) return;
    this.#socket.end();
    this.#socket.resume();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }
}
