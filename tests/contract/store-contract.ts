import { afterAll, beforeAll, describe } from '@jest/globals';
import { bodiesContract } from './store/bodies.ts';
import { bodyOnlyContract } from './store/body-only.ts';
import { claimsContract } from './store/claims.ts';
import { closingContract } from './store/closing.ts';
import { commitsContract } from './store/commits.ts';
import { conflictsContract } from './store/conflicts.ts';
import type { OpenStore, StoreUnderTest } from './store/opened.ts';
import { pagesContract } from './store/pages.ts';
import { queriesContract } from './store/queries.ts';
import { sameAnswersContract } from './store/same-answers.ts';
import { watchContract } from './store/watch.ts';

/**
 * What every store driver owes its callers. `open` gives an empty store; `reopen` (where the data outlive a process)
 * closes and opens the same data again; `close` also removes them.
 */
export function storeContract(name: string, open: OpenStore): void {
  describe(`store contract: ${name}`, () => {
    let opened: StoreUnderTest | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const current = (): StoreUnderTest => {
      if (opened === undefined) throw new TypeError('The store did not open.');
      return opened;
    };
    const store = (): StoreUnderTest['store'] => current().store;

    commitsContract(store);
    conflictsContract(store);
    bodiesContract(store);
    bodyOnlyContract(store);
    queriesContract(store);
    pagesContract(store);
    sameAnswersContract(store);
    claimsContract(store);
    watchContract(store);
    closingContract(open);
  });
}
