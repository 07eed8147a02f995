import { createHash } from 'node:crypto';

import type { ChannelSettings } from '../core/channel-settings.ts';
import type { RawMessage } from '../core/message.ts';
import type { Problem } from '../core/problem.ts';
import type { Put } from '../store/port.ts';
import type { Examined } from './hl7/examine.ts';
import type { JournalEntry } from './journal.ts';

/**
 * The id is made of sender, MSH-10 and content, so that a re-send meets the row of the first; without MSH-10 it is the
 * message's own, or where that has none, made of the content alone.
 */
export function messageId(message: RawMessage, { controlHash }: Examined): string {
  if (controlHash === undefined && message.id !== '') return message.id;
  return createHash('sha256')
    .update(controlHash ?? '')
    .update(message.bytes)
    .digest('hex')
    .slice(0, 32);
}

/** The row of the bytes. */
export function messagePut(id: string, message: RawMessage): Put {
  return {
    collection: 'messages',
    id,
    body: message.bytes,
    fields: { channel: message.channel, receivedAt: message.receivedAt },
  };
}

/** The journal row of a message that has just arrived; failed at once where it is refused. */
export function entryOf(
  message: RawMessage,
  channel: ChannelSettings,
  { examined, refusal }: { examined: Examined; refusal: Problem | undefined },
): JournalEntry {
  const { header, controlHash } = examined;
  return {
    state: refusal === undefined ? 'stored' : 'failed',
    channel: channel.name,
    source: channel.source,
    contentType: message.contentType,
    receivedAt: message.receivedAt.toISOString(),
    peer: message.peer,
    lanes: examined.lanes,
    accepted: refusal === undefined,
    crashes: 0,
    replays: 0,
    problems: refusal === undefined ? [] : [refusal],
    warnings: examined.warnings,
    unmapped: [],
    ...(header === undefined ? {} : { event: `${header.code}^${header.trigger}`, control: header.controlId }),
    ...(controlHash === undefined ? {} : { controlHash }),
  };
}
