import { openMemoryStore } from '../../src/store/builtins.ts';
import { sealStore } from '../../src/store/sealing/index.ts';
import { testKeys } from '../support/sealing-keys.ts';
import { storeContract } from './store-contract.ts';

storeContract('sealed memory', async () => {
  const store = await sealStore(openMemoryStore(), testKeys(1));
  return { store, close: () => store.close() };
});
