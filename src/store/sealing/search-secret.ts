import { randomBytes } from 'node:crypto';
import { JingluoError, problem } from '../../core/problem.ts';
import type { CollectionName } from '../collections.ts';
import type { Store } from '../port.ts';
import type { Envelopes, Place } from './envelope.ts';

/** Row that holds the secret of the search hashes, sealed like any other: rotation seals it anew and keeps its value. */
const ROW: Place = { collection: 'settings', id: 'sealing-search', part: 'body' };
/** A store with rows in one of these was in use before. */
const IN_USE: readonly CollectionName[] = ['messages', 'journal', 'sources', 'resources', 'patients'];

/** True where the rows of a store are sealed. */
export async function isSealed(store: Store): Promise<boolean> {
  return (await store.get(ROW.collection, ROW.id)) !== undefined;
}

/**
 * The secret of a store's search hashes; made when the store is still empty.
 * @throws JingluoError `store.sealing-late` where the store already holds rows that are not sealed
 */
export async function searchSecret(store: Store, envelopes: Envelopes): Promise<Buffer> {
  const row = await store.get(ROW.collection, ROW.id);
  if (row !== undefined) {
    const body = typeof row.body === 'string' ? row.body : '';
    return Buffer.from(envelopes.openText(body, ROW), 'base64');
  }
  await refuseUsed(store);
  const body = envelopes.sealText(randomBytes(32).toString('base64'), ROW);
  // Of several nodes that start at once, one makes the secret and all read it.
  await store.commit({
    puts: [{ collection: ROW.collection, id: ROW.id, body }],
    expect: [{ collection: ROW.collection, id: ROW.id, rev: 0 }],
  });
  return searchSecret(store, envelopes);
}

async function refuseUsed(store: Store): Promise<void> {
  for (const collection of IN_USE) {
    const { rows } = await store.find(collection, { limit: 1 });
    if (rows.length > 0) {
      throw new JingluoError(
        problem('store.sealing-late', `The store already holds rows of ${collection} that are not sealed.`),
      );
    }
  }
}
