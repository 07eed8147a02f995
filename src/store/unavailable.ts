import { JingluoError, problem } from '../core/problem.ts';

/**
 * The store cannot be reached or cannot write: nothing is known to be done, try again later.
 * A commit that rejects with it may have become durable (its answer was lost); expectations make a second try safe.
 */
export class StoreUnavailable extends JingluoError {
  constructor(reason: string, options?: ErrorOptions) {
    super(problem('store.unavailable', `The store is unavailable: ${reason}.`), options);
    this.name = 'StoreUnavailable';
  }
}
