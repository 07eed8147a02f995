import type { Db } from 'mongodb';
import type { LastSeen } from './last-seen.ts';
import { StoreUnavailable } from '../unavailable.ts';

/** How long a measured offset is trusted. */
const FRESH_MS = 15_000;
/** A wall clock that moved this far against the monotonic one means that the machine slept or was set. */
const JUMP_MS = 250;

/**
 * The clock of the database server, asked with `hello` at most every 15 seconds and carried on by the monotonic clock
 * in between, so that neither a wrong nor a changed clock of this machine matters. Wrong by at most half a round trip.
 */
export class ServerClock {
  readonly #db: Db;
  readonly #seen: LastSeen;
  #base: { readonly server: number; readonly monotonic: number; readonly wall: number } | undefined;
  #last = 0;

  constructor(db: Db, seen: LastSeen) {
    this.#db = db;
    this.#seen = seen;
  }

  /** The server's time; asks where the last answer is old. */
  async now(): Promise<Date> {
    if (!this.#isFresh()) await this.#ask();
    return this.estimate();
  }

  /** The server's time without asking, going on from the last answer; never before a time given earlier. */
  estimate(): Date {
    const base = this.#base;
    const time = base === undefined ? Date.now() : base.server + (performance.now() - base.monotonic);
    this.#last = Math.max(this.#last, Math.floor(time));
    return new Date(this.#last);
  }

  #isFresh(): boolean {
    if (this.#base === undefined) return false;
    const passed = performance.now() - this.#base.monotonic;
    const jump = Math.abs(Date.now() - this.#base.wall - passed);
    return passed < FRESH_MS && jump < JUMP_MS;
  }

  async #ask(): Promise<void> {
    const before = performance.now();
    const answer: Readonly<Record<string, unknown>> = await this.#db.command({ hello: 1 });
    this.#seen.note(answer['operationTime']);
    const localTime = answer['localTime'];
    if (!(localTime instanceof Date)) throw new StoreUnavailable('the server tells no time');
    const monotonic = (before + performance.now()) / 2;
    const wall = Date.now() - (performance.now() - monotonic);
    this.#base = { server: localTime.getTime(), monotonic, wall };
  }
}
