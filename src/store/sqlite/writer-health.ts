import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Outcome } from './wire.ts';

/** Where the writer tells how it is. */
export interface Observed {
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Tells when the store stops and begins again to be able to write, once each, and counts groups (each one fsync) and
 * the requests in them.
 */
export class WriterHealth {
  readonly #observed: Observed;
  #failing = false;

  constructor(observed: Observed) {
    this.#observed = observed;
  }

  /** One group was answered. */
  answered(outcomes: readonly Outcome[]): void {
    const { log, metrics } = this.#observed;
    metrics.count('jingluo_store_groups_total');
    metrics.count('jingluo_store_requests_total', {}, outcomes.length);
    const failure = outcomes.find((outcome) => outcome[0] === 'failed');
    if (failure?.[0] === 'failed') this.failed(failure[1]);
    else if (this.#failing) {
      this.#failing = false;
      metrics.gauge('jingluo_store_writable', 1);
      log.info('store.recovered');
    }
  }

  /** The store cannot write. */
  failed(reason: string): void {
    if (this.#failing) return;
    this.#failing = true;
    this.#observed.metrics.gauge('jingluo_store_writable', 0);
    this.#observed.log.error('store.write-failed', { reason });
  }
}
