import type { EngineProcess } from './engine-process.ts';
import { sleep } from './random.ts';

/** So long nothing may move: leases of a killed node and transactions that it left open have run out by then. */
const STANDS_STILL_MS = 240_000;

/**
 * Waits until everything is acknowledged and processed, by whichever engine; however long that takes while something
 * moves.
 */
export async function workedOff(
  engines: Iterable<EngineProcess>,
  senders: readonly { readonly waiting: number }[],
): Promise<void> {
  let [seen, since] = ['', Date.now()];
  while (Date.now() - since < STANDS_STILL_MS) {
    const unsent = senders.reduce((sum, sender) => sum + sender.waiting, 0);
    // To count what is stored is work for a database; it is asked when nothing else is left to wait for, and seldom.
    const stored = unsent > 0 ? [] : await Promise.all([...engines].map((engine) => engine.waiting()));
    if (unsent === 0 && stored.every((count) => count === 0)) return;
    const now = `${unsent} unsent, stored ${stored.join(' ')}`;
    if (now !== seen) [seen, since] = [now, Date.now()];
    await sleep(unsent > 0 ? 50 : 250);
  }
  const logs = [...engines].map((engine) => engine.log).join('\n');
  throw new TypeError(`nothing moves any more: ${seen}; the engines said:\n${logs}`);
}
