import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import type { Store } from '../../src/store/port.ts';
import { sealStore } from '../../src/store/sealing/index.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { testKeys } from '../support/sealing-keys.ts';
import { storeContract } from './store-contract.ts';

storeContract('sealed memory', async () => {
  const store = await sealStore(openMemoryStore(), testKeys(1));
  return { store, close: () => store.close() };
});

storeContract('sealed sqlite', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-sealed-'));
  const open = async (): Promise<Store> =>
    sealStore(await openSqlite({ file: path.join(folder, 'store.db') }, systemClock), testKeys(1));
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      return (store = await open());
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
