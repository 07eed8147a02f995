import type { Socket } from 'node:net';

import type { Answer } from '../../core/message.ts';
import { frameBytes } from '../../hl7/mllp-frames.ts';

/** The place of one answer in the order of a connection. */
export interface Slot {
  answered: boolean;
  bytes?: Uint8Array | undefined;
  /** After this answer the connection is closed. */
  last: boolean;
  /** Resolves when the answer has gone out; false when the connection went first. */
  readonly gone: Promise<boolean>;
  settle(sent: boolean): void;
}

/** Writes the answers of one connection in the order in which their messages came, whenever each is known. */
export class Replies {
  readonly #socket: Socket;
  readonly #onLast: () => void;
  readonly #slots: Slot[] = [];
  #waiting: (() => void)[] = [];
  #closed = false;

  /** @param onLast called when an answer that closes the connection has been written */
  constructor(socket: Socket, onLast: () => void) {
    this.#socket = socket;
    this.#onLast = onLast;
  }

  /** Messages that wait for their answer. */
  get pending(): number {
    return this.#slots.length;
  }

  /** Takes the next place in the order. */
  reserve(): Slot {
    let settle: (sent: boolean) => void = () => undefined;
    const gone = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const slot: Slot = { answered: false, last: false, gone, settle };
    if (this.#closed) settle(false);
    else this.#slots.push(slot);
    return slot;
  }

  /** Fills a place; a second answer for it is ignored. `unavailable` says nothing and closes. */
  answer(slot: Slot, answer: Answer): void {
    this.fill(slot, answer.kind === 'unavailable' ? undefined : answer.bytes, answer.kind === 'unavailable');
  }

  /** Fills a place with bytes (none: nothing is written) and says whether the connection ends there. */
  fill(slot: Slot, bytes: Uint8Array | undefined, last: boolean): void {
    if (slot.answered) return;
    slot.answered = true;
    slot.bytes = bytes;
    slot.last = last;
    this.#flush();
  }

  /** Writes a later acknowledgement once the slot's own answer is out; false where the connection is gone. */
  async follow(slot: Slot, bytes: Uint8Array): Promise<boolean> {
    if (!(await slot.gone) || this.#closed || !this.#socket.writable) return false;
    this.#socket.write(frameBytes(bytes));
    return true;
  }

  /** Resolves when fewer than `count` answers are pending, or the connection is gone. */
  async below(count: number): Promise<void> {
    while (!this.#closed && this.#slots.length >= count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The connection is gone: what is still answered goes nowhere. */
  close(): void {
    this.#closed = true;
    for (const slot of this.#slots.splice(0)) slot.settle(false);
    this.#wake();
  }

  #flush(): void {
    // Corking makes one write of what was answered together.
    this.#socket.cork();
    let ended = false;
    for (let slot = this.#slots[0]; slot?.answered === true && !ended; slot = this.#slots[0]) {
      this.#slots.shift();
      if (slot.bytes !== undefined && this.#socket.writable) this.#socket.write(frameBytes(slot.bytes));
      slot.settle(true);
      ended = slot.last;
    }
    this.#socket.uncork();
    if (ended) {
      this.close();
      this.#onLast();
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
