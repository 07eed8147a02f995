import { mongoServer } from '../tests/support/mongo-server.ts';

/** How the configuration names a store; each call of `of` names a fresh one. */
export interface StoreChoice {
  readonly name: 'sqlite' | 'mongodb';
  readonly of: (database: string) => string;
}

/**
 * The store that a run is about. For `mongodb` the server of JINGLUO_TEST_MONGODB_URL, else one that is started for
 * this run (scripts/mongo-test-server.mjs).
 * @returns the reason where there is no such store
 */
export async function chooseStore(name: string): Promise<StoreChoice | string> {
  if (name === 'sqlite') return { name, of: () => '{ type: sqlite }' };
  if (name !== 'mongodb') return `--store must be sqlite or mongodb, not ${name}`;
  const server = await mongoServer();
  if ('missing' in server) return `no MongoDB server: ${server.missing}`;
  return { name, of: (database) => `{ type: mongodb, url: "${server.url}", database: "${database}" }` };
}
