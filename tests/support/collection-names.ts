import type { CollectionName } from '../../src/store/collections.ts';
import { COLLECTIONS } from '../../src/store/collections.ts';

/** Names of every collection. */
export const COLLECTION_NAMES: readonly CollectionName[] = Object.keys(COLLECTIONS).filter(
  (name): name is CollectionName => name in COLLECTIONS,
);
