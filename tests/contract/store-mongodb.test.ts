import { describe, test } from '@jest/globals';
import { mongoServer } from '../support/mongo-server.ts';
import { openMongoStore } from '../support/mongo-store.ts';
import { storeContract } from './store-contract.ts';

const server = await mongoServer();

if ('url' in server) {
  storeContract('mongodb', () => openMongoStore(server.url));
} else {
  describe('store contract: mongodb', () => {
    // eslint-disable-next-line jest/no-disabled-tests, jest/expect-expect -- the reason must be seen
    test.skip(`skipped: ${server.missing}`, () => undefined);
  });
}
