import { jsonOf } from '../store/body.ts';
import type { Store } from '../store/port.ts';

const ROW = 'installation';

/**
 * The installation id: a random UUID, made once for each store; it names the tenant in every UUIDv5, so that two
 * hospitals never give the same id to the same number.
 */
export async function installationId(store: Store, newId: () => string): Promise<string> {
  const row = await store.get('settings', ROW);
  if (row !== undefined) return jsonOf<{ readonly id: string }>(row).id;
  const id = newId();
  const committed = await store.commit({
    puts: [{ collection: 'settings', id: ROW, body: JSON.stringify({ id }) }],
    expect: [{ collection: 'settings', id: ROW, rev: 0 }],
  });
  // Another node was first: its id is the installation's.
  return committed.ok ? id : installationId(store, newId);
}
