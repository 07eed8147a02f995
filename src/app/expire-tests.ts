import type { Log } from '../core/log.ts';
import type { Store } from '../store/port.ts';

/** How often expired test messages are looked for. */
const EVERY_MS = 3_600_000;
/** Rows deleted in one commit. */
const BATCH = 500;
const DAY_MS = 86_400_000;

/** Deletes the test and debug messages (MSH-11 T, D) that are older than `days`; answers how many. */
export async function expireTests(store: Store, days: number): Promise<number> {
  const before = new Date((await store.now()).getTime() - days * DAY_MS);
  for (let deleted = 0; ;) {
    const { rows } = await store.find('tests', {
      where: [{ field: 'receivedAt', op: 'lt', value: before }],
      order: [{ field: 'receivedAt' }],
      limit: BATCH,
    });
    if (rows.length === 0) return deleted;
    await store.commit({ deletes: rows.map(({ id }) => ({ collection: 'tests', id })) });
    deleted += rows.length;
  }
}

/** Expires test messages now and every hour; answers a function that ends it, with what is under way. */
export function keepTestsExpired(store: Store, days: number, log: Log): () => Promise<void> {
  const expire = (): Promise<void> =>
    expireTests(store, days).then(
      () => undefined,
      (error: unknown) => {
        // The next hour tries again.
        log.warn('tests.expiry-failed', { fault: error instanceof Error ? error.name : typeof error });
      },
    );
  let running = expire();
  const timer = setInterval(() => {
    running = running.then(expire);
  }, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
