import { JingluoError, problem } from '../../core/problem.ts';
import type { Store } from '../port.ts';
import { Envelopes } from './envelope.ts';
import type { SealingKeys } from './key-ring.ts';
import { KeyRing } from './key-ring.ts';
import { SearchHash } from './search-hash.ts';
import { isSealed, searchSecret } from './search-secret.ts';
import { SealedStore } from './store.ts';

/**
 * Puts sealing over a driver. Without keys the store itself is returned, after a look that nothing in it is sealed.
 * Everything that opens a store goes through here, so that no part of the engine ever sees or writes the other form.
 * @throws JingluoError `store.sealing-key-invalid`, `store.sealing-key-missing`, `store.sealing-late`
 */
export async function sealStore(store: Store, keys: SealingKeys | undefined): Promise<Store> {
  if (keys === undefined) {
    if (!(await isSealed(store))) return store;
    throw new JingluoError(problem('store.sealing-key-missing', 'The store is sealed, but no key is configured.'));
  }
  const envelopes = new Envelopes(new KeyRing(keys));
  const hash = new SearchHash(await searchSecret(store, envelopes));
  return new SealedStore(store, { envelopes, hash });
}
