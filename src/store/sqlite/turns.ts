/** Reads that may follow each other before everything else that waits gets its turn. */
const READS_PER_TURN = 50;

/**
 * Keeps synchronous reads from starving the process: a caller that reads in a loop would otherwise never let a socket,
 * a timer or the writer's answer through.
 */
export class Turns {
  readonly #end: () => void;
  #reads = 0;
  #turn: Promise<void> | undefined;

  /** @param end called when a turn in which something was read is over */
  constructor(end: () => void) {
    this.#end = end;
  }

  /** Resolves at once, or, when this turn of the event loop has had its share of reads, in the next. */
  take(): Promise<void> | undefined {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#reads = 0;
        this.#turn = undefined;
        this.#end();
        resolve();
      });
    });
    this.#reads += 1;
    // Who waits takes a place in the next turn as well: it is counted there, and that turn ends too.
    return this.#reads > READS_PER_TURN ? this.#turn.then(() => this.take()) : undefined;
  }
}
