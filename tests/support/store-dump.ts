import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { COLLECTION_NAMES } from './collection-names.ts';

/** The store files of a folder as their bytes lie on disk, and every row as its driver reads it: packed is not sealed. */
export async function dumpStore(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.includes('.db'));
  const parts = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'latin1')));
  const file = path.join(folder, files.find((name) => name.endsWith('.db')) ?? '');
  const store = await openSqlite({ file, readOnly: true }, systemClock);
  for (const name of COLLECTION_NAMES) {
    for (const row of (await store.find(name, { limit: 10_000 })).rows) {
      parts.push(JSON.stringify(row), row.body instanceof Uint8Array ? Buffer.from(row.body).toString('latin1') : '');
    }
  }
  await store.close();
  return parts.join('\n');
}
