import { Timestamp } from 'mongodb';

/** A moment that is older than this is not worth starting a watch at: the server's history may not reach back. */
const MAX_AGE_MS = 10 * 60_000;

/**
 * The newest operation time that the server has told this node. A watch that begins "from now on" begins right behind
 * it, so that it sees a commit made while the change stream is still being opened.
 */
export class LastSeen {
  #time: Timestamp | undefined;
  #at = 0;

  /** Takes note of the operation time in an answer or of a session. */
  note(time: unknown): void {
    if (!(time instanceof Timestamp)) return;
    this.#at = performance.now();
    if (this.#time === undefined || time.greaterThan(this.#time)) this.#time = time;
  }

  /** The moment right behind; undefined where nothing was seen lately. */
  get next(): Timestamp | undefined {
    if (this.#time === undefined || performance.now() - this.#at > MAX_AGE_MS) return undefined;
    return new Timestamp({ t: this.#time.t, i: this.#time.i + 1 });
  }
}
