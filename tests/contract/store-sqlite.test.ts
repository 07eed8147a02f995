import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { storeContract } from './store-contract.ts';

storeContract('sqlite', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-sqlite-'));
  const open = () => openSqlite({ file: path.join(folder, 'store.db') }, systemClock);
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
