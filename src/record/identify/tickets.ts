import { sha256 } from '../../core/ids.ts';
import type { Draft } from '../../store/draft.ts';

/** A keyed hash spreads all blocking keys over this many rows. */
const TICKETS = 65_536;

/** Id of the ticket row of a blocking key: says nothing about the key. */
function ticketId(installation: string, key: string): string {
  return (parseInt(sha256(installation, key).slice(0, 8), 16) % TICKETS).toString(16).padStart(4, '0');
}

/**
 * Takes the tickets of blocking keys: reads them now, before any candidate is read, and writes them with the commit.
 * Two records that could match share a key, so of two writers that could each have missed the other one conflicts.
 */
export async function takeTickets(draft: Draft, installation: string, keys: Iterable<string>): Promise<void> {
  const ids = [...new Set([...keys].map((key) => ticketId(installation, key)))].sort();
  await draft.getMany('tickets', ids);
  for (const id of ids) draft.put({ collection: 'tickets', id, body: '{}' });
}
