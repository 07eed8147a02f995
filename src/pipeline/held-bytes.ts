/** Bytes of messages that were just stored, so that they need not be read again; bounded, what does not fit is read. */
export class HeldBytes {
  readonly #limit: number;
  readonly #bytes = new Map<string, Uint8Array>();
  #size = 0;

  /** @param limit bytes held at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Holds the bytes of a message where there is room. */
  keep(id: string, bytes: Uint8Array | undefined): void {
    if (bytes === undefined || this.#bytes.has(id) || this.#size + bytes.length > this.#limit) return;
    this.#bytes.set(id, bytes);
    this.#size += bytes.length;
  }

  /** The bytes of a message, where they are held. */
  get(id: string): Uint8Array | undefined {
    return this.#bytes.get(id);
  }

  /** Lets go of a message that needs no processing any more. */
  drop(id: string): void {
    const bytes = this.#bytes.get(id);
    if (bytes !== undefined && this.#bytes.delete(id)) this.#size -= bytes.length;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#bytes.clear();
    this.#size = 0;
  }
}
