/** Lets many pass side by side, or one alone: what is left to do when optimistic commits keep losing. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #alone = false;

  /** Runs beside others. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#wait();
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      this.#wake();
    }
  }

  /** Runs when nobody else is inside; newcomers wait. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#wait();
    this.#alone = true;
    try {
      while (this.#inside > 0) await this.#wait();
      return await work();
    } finally {
      this.#alone = false;
      this.#wake();
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
