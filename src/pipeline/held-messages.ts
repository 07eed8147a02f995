import type { Message } from '../hl7/message.ts';
import type { Examined } from './hl7/examine.ts';
import type { FirstRow } from './journal.ts';

/** What need not be read of a message that was just stored. */
export interface Held {
  readonly bytes: Uint8Array;
  /** The same, read as HL7 v2. */
  readonly message?: Message;
  /** Its journal row as it was committed; absent where somebody else may have written it since. */
  readonly journal?: FirstRow | undefined;
}

/** What is at hand of a message that was examined. */
export function heldOf(bytes: Uint8Array, { message }: Examined): Held {
  return message === undefined ? { bytes } : { bytes, message };
}

/** Messages that were just stored, so that they need not be read again; bounded, what does not fit is read. */
export class HeldMessages {
  readonly #limit: number;
  readonly #held = new Map<string, Held>();
  #size = 0;

  /** @param limit bytes held at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Holds a message where there is room. */
  keep(id: string, held: Held | undefined): void {
    if (held === undefined || this.#held.has(id)) return;
    const size = sizeOf(held);
    if (this.#size + size > this.#limit) return;
    this.#held.set(id, held);
    this.#size += size;
  }

  /** Hands out a message, which is no longer held then: nobody runs it twice. */
  take(id: string): Held | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    this.#held.delete(id);
    this.#size -= sizeOf(held);
    return held;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#held.clear();
    this.#size = 0;
  }
}

/** What holding a journal row takes, by and large. */
const ROW_BYTES = 2_000;
/** Bytes of a character of text, at most. */
const CHARACTER = 2;

function sizeOf({ bytes, message, journal }: Held): number {
  const text = message === undefined ? 0 : message.text.length * CHARACTER;
  return bytes.length + text + (journal === undefined ? 0 : ROW_BYTES);
}
