import { problem } from '../core/problem.ts';
import type { Store } from '../store/port.ts';
import { journalPut, readJournal, type JournalEntry, type JournalRow } from './journal.ts';

/** Unclean stops after which a message that was running is not tried again. */
const CRASHES_TO_POISON = 3;
/** Pause before a commit that lost is tried again. */
const AGAIN_MS = 50;

/**
 * Counts one more unclean stop of a message that may have run then, or ends it as poison: the entry as committed.
 * Undefined where the message has ended meanwhile, or `goesOn` says so. A transaction of the killed process may hold
 * the row for as long as the server lets it: to go on without this message would let those behind it overtake it.
 */
export async function countCrash(
  store: Store,
  found: JournalRow,
  goesOn: () => boolean,
): Promise<JournalEntry | undefined> {
  let row: JournalRow | undefined = found;
  while (row?.entry.state === 'stored' && goesOn()) {
    const entry = crashed(row.entry);
    const committed = await store.commit({
      puts: [journalPut(row.id, entry, row.seq)],
      expect: [{ collection: 'journal', id: row.id, rev: row.rev }],
    });
    if (committed.ok) return entry;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    const again = await store.get('journal', row.id);
    row = again === undefined ? undefined : readJournal(again);
  }
  return undefined;
}

/** The entry with one crash more; failed where that makes it poison. */
function crashed(entry: JournalEntry): JournalEntry {
  const crashes = entry.crashes + 1;
  if (crashes < CRASHES_TO_POISON) return { ...entry, crashes };
  const text = `The engine stopped ${CRASHES_TO_POISON} times while it processed this message.`;
  return { ...entry, crashes, state: 'failed', problems: [problem('pipeline.poison', text)] };
}
