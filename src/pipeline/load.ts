import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Problem } from '../core/problem.ts';
import type { Store } from '../store/port.ts';
import { examine } from './hl7/examine.ts';
import { journalPut, readJournal } from './journal.ts';
import { entryOf, messageId, messagePut } from './intake-rows.ts';
import type { LaneItem } from './lanes.ts';

/** What storing one historical message came to. */
export type HistoryStored =
  | { readonly kind: 'stored'; readonly item: LaneItem }
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
  const committed = await store.commit({
    puts: [messagePut(id, message), journalPut(id, entry, 'new')],
    expect: [{ collection: 'journal', id, rev: 0 }],
  });
  if (!committed.ok) return known(store, id);
  if (refusal !== undefined) return { kind: 'failed', id, problem: refusal };
  return { kind: 'stored', item: { id, seq: committed.sequences[0] ?? 0, lanes: entry.lanes } };
}

/** A message of an earlier load: what that left unprocessed, because it was killed, is processed now. */
async function known(store: Store, id: string): Promise<HistoryStored> {
  const row = await store.get('journal', id);
  if (row === undefined) return { kind: 'known', id };
  const { seq, entry } = readJournal(row);
  return entry.state === 'stored' ? { kind: 'stored', item: { id, seq, lanes: entry.lanes } } : { kind: 'known', id };
}
