import { loadSite } from '../src/app/site.ts';
import { openEngine } from '../src/app/wire.ts';
import type { Engine } from '../src/app/engine.ts';
import { readJournal } from '../src/pipeline/journal.ts';
import { sleep } from './random.ts';
import type { Site } from './site.ts';
import { rowsOf, summarise, type Summary } from './summary.ts';

/** What a store holds after everything. */
export interface Ended {
  readonly summary: Summary;
  /** State of each HL7 message by its MSH-10. */
  readonly states: ReadonlyMap<string, string>;
}

/** Longest time that leases of killed processes hold something back (channel, occurrence, attempt), and some more. */
const LEASES_OVER_MS = 240_000;

/** What falls due within this time is waited for. */
const SOON_MS = 120_000;

/** Opens the store after everything, lets what is left be processed and carried out, and reads it. */
export async function readEnd(site: Site): Promise<Ended> {
  const [node] = site.nodes;
  if (node === undefined) throw new TypeError('a site without nodes');
  const opened = await openEngine(await loadSite({ config: node.config, data: node.data }), {
    queues: true,
  });
  const { engine } = opened;
  try {
    for (const queue of engine.queues.values()) await queue.start();
    await engine.loop.start();
    await untilCarriedOut(engine);
    const states = new Map<string, string>();
    for await (const row of rowsOf(engine.store, 'journal')) {
      const { entry } = readJournal(row);
      if (entry.control !== undefined) states.set(entry.control, entry.state);
    }
    return { summary: await summarise(engine.store), states };
  } finally {
    for (const queue of engine.queues.values()) await queue.stop(1_000);
    await engine.loop.stop(1_000);
    await opened.close();
  }
}

/** What a killed process had claimed is carried out once its lease has run out. */
async function untilCarriedOut({ store, loop }: Engine): Promise<void> {
  const end = Date.now() + LEASES_OVER_MS;
  while (Date.now() < end) {
    await loop.drain();
    if (!(await isAnythingOpen(store))) return;
    await sleep(250);
  }
}

async function isAnythingOpen(store: Engine['store']): Promise<boolean> {
  const stored = await store.count('journal', { where: [{ field: 'state', op: 'eq', value: 'stored' }] });
  // A run that ends early waits for what falls due soon (the timed step): a longer one has carried it out already.
  const soon = new Date((await store.now()).getTime() + SOON_MS);
  const due = [{ field: 'dueAt', op: 'le', value: soon }] as const;
  const sending = [{ field: 'state', op: 'eq', value: 'sending' }] as const;
  return (
    stored > 0 ||
    (await store.count('occurrences', { where: due })) > 0 ||
    (await store.count('attempts', { where: sending })) > 0
  );
}
