import { openMemoryStore } from '../../src/store/builtins.ts';
import { storeContract } from './store-contract.ts';

storeContract('memory', () => {
  const store = openMemoryStore();
  return Promise.resolve({ store, close: () => store.close() });
});
