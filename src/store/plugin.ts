import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Plugin } from '../core/plugin.ts';
import type { Store } from './port.ts';

/** What a store driver is given besides its settings. */
export interface StoreDeps {
  /** Folder of this installation's data; relative file names of settings start here. */
  readonly dataDir: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Clock of a store that lives in this process; a database server's own clock goes before it. */
  readonly clock: Clock;
}

/**
 * A store driver as a value. `create` opens the store and brings its schema up to date; it rejects with a
 * `JingluoError` when it cannot (locked, newer schema, unreachable).
 */
export interface StorePlugin extends Plugin<Promise<Store>, StoreDeps> {
  /** Several processes may write one such store at the same time. */
  readonly shared: boolean;
}
