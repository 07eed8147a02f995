import type { Clock } from '../core/clock.ts';

/** A clock that was further ahead than this was wrong: better a step back than leases that never end. Milliseconds. */
const MAX_AHEAD = 10 * 60_000;

/** The clock of a store that lives in this process: it does not go back when the machine's clock is set back a little. */
export class StoreClock {
  readonly #clock: Clock;
  #last: number;

  /** @param last the latest time that an earlier process gave, UTC milliseconds */
  constructor(clock: Clock, last = 0) {
    this.#clock = clock;
    this.#last = last;
  }

  /** UTC milliseconds. */
  millis(): number {
    const now = this.#clock.now().getTime();
    if (now > this.#last || this.#last - now > MAX_AHEAD) this.#last = now;
    return this.#last;
  }

  /** The same as a Date. */
  now(): Date {
    return new Date(this.millis());
  }
}
