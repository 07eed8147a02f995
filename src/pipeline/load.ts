import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Problem } from '../core/problem.ts';
import type { Store } from '../store/port.ts';
import { examine } from './hl7/examine.ts';
import { heldOf, type Held } from './held-messages.ts';
import { firstRow, journalPut, readJournal } from './journal.ts';
import { entryOf, messageId, messagePut } from './intake-rows.ts';
import type { LaneItem } from './lanes.ts';

/** What storing one historical message came to. */
export type HistoryStored =
  | { readonly kind: 'stored'; readonly item: LaneItem; readonly held: Held }
  | { readonly kind: 'known'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string; readonly problem: Problem };

/** Stores one message of a historical load: like intake, but marked as backfill and without a sender to answer. */
export async function storeHistory(
  store: Store,
  bytes: Uint8Array,
  channel: ChannelSettings,
  now: Date,
): Promise<HistoryStored> {
  const examined = examine(bytes, channel);
  const message = {
    id: '',
    channel: channel.name,
    receivedAt: now,
    peer: 'load',
    contentType: 'application/hl7-v2',
    bytes,
  };
  const id = messageId(message, examined);
  const refusal = examined.problem;
  const entry = { ...entryOf(message, channel, { examined, refusal }), backfill: true as const };
  const put = journalPut(id, entry, 'new');
  const committed = await store.commit({
    puts: [messagePut(id, message), put],
    expect: [{ collection: 'journal', id, rev: 0 }],
  });
  if (!committed.ok) return known(store, id, bytes);
  if (refusal !== undefined) return { kind: 'failed', id, problem: refusal };
  const [seq = 0] = committed.sequences;
  const held = heldOf(bytes, examined);
  return {
    kind: 'stored',
    item: { id, seq, lanes: entry.lanes },
    held: { ...held, journal: firstRow(put, entry, seq) },
  };
}

/** A message of an earlier load: what that left unprocessed, because it was killed, is processed now. */
async function known(store: Store, id: string, bytes: Uint8Array): Promise<HistoryStored> {
  const row = await store.get('journal', id);
  if (row === undefined) return { kind: 'known', id };
  const { seq, entry } = readJournal(row);
  if (entry.state !== 'stored') return { kind: 'known', id };
  return { kind: 'stored', item: { id, seq, lanes: entry.lanes }, held: { bytes } };
}
