import { StoreUnavailable } from '../unavailable.ts';
import type { Job, Outcome } from './wire.ts';
import type { WriterThread } from './writer-thread.ts';

/** Whoever carries out what changes the file. */
export interface Writer {
  /** Resolves once durable; rejects with `StoreUnavailable`. */
  request(job: Job): Promise<Outcome>;
  /** Resolves when everything asked for has been answered. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Refuses every change. */
export const noWriter: Writer = {
  request: () => Promise.reject(new StoreUnavailable('it was opened read-only')),
  drain: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** A writer whose thread is started again, with the next request, when it has died. */
export function lastingWriter(first: WriterThread, restart: () => Promise<WriterThread>): Writer {
  let thread = Promise.resolve(first);
  let current = first;
  const living = (): Promise<WriterThread> => {
    if (!current.failed) return thread;
    thread = restart().then(
      (started) => (current = started),
      // Still the dead one: the next request tries again.
      () => current,
    );
    return thread;
  };
  return {
    request: (job) => (current.failed ? living().then((started) => started.request(job)) : current.request(job)),
    drain: () => current.drain(),
    close: () => current.close(),
  };
}
