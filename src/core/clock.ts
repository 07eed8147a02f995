/** A source of the current time; decisions take it as an argument and never ask the system. */
export interface Clock {
  now(): Date;
}

/** The node's own clock: for receipt times and logs, never for due times (those use the store's). */
export const systemClock: Clock = { now: () => new Date() };
