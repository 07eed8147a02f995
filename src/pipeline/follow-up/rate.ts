/** Spaces messages to one sender; a burst of one second's worth is let through at once. */
export class Rate {
  readonly #every: number;
  readonly #burst: number;
  readonly #monotonic: () => number;
  #next = 0;

  constructor(perSecond: number, monotonic: () => number) {
    this.#every = 1000 / perSecond;
    this.#burst = 1000;
    this.#monotonic = monotonic;
  }

  /** Resolves when one more message may go. */
  async take(): Promise<void> {
    const now = this.#monotonic();
    const start = Math.max(this.#next, now - this.#burst);
    this.#next = start + this.#every;
    const wait = start - now;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
