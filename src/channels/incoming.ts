import type { RawMessage } from '../core/message.ts';
import { splitBatch } from '../hl7/batch.ts';
import type { ListenerDeps } from './port.ts';

/** Media type of HL7 v2 messages. */
export const HL7_V2 = 'application/hl7-v2';

/** What goes into one delivery each: the messages of a batch, or the bytes as they are, so that nothing ends in silence. */
export function messagesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const messages = splitBatch(bytes);
  return messages.length === 0 ? [bytes] : messages;
}

/** Media type of clinical documents (HL7 CDA R2). */
export const CDA = 'application/hl7-cda+xml';

/** Makes the raw message for bytes that just arrived. */
export function rawMessage(deps: ListenerDeps, peer: string, bytes: Uint8Array, contentType = HL7_V2): RawMessage {
  return {
    id: deps.newId(),
    channel: deps.name,
    receivedAt: deps.clock.now(),
    peer,
    contentType,
    bytes,
  };
}
