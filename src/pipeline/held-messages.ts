import type { Row } from '../store/port.ts';

/** What need not be read of a message that was just stored. */
export interface Held {
  readonly bytes: Uint8Array;
  /** Its journal row as it was committed; absent where somebody else may have written it since. */
  readonly journal?: Row;
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

/** What holding a row takes beside its text. */
const ROW_BYTES = 500;

function sizeOf({ bytes, journal }: Held): number {
  const text = typeof journal?.body === 'string' ? journal.body.length : 0;
  return bytes.length + text + ROW_BYTES;
}
