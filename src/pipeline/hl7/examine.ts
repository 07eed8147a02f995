import { createHash } from 'node:crypto';

import { problem, type Problem } from '../../core/problem.ts';
import type { MessageHeader } from '../../hl7/header.ts';
import { readHeader } from '../../hl7/header.ts';
import { identifiersOf } from '../../hl7/identifiers.ts';
import type { Message } from '../../hl7/message.ts';
import { readMessage } from '../../hl7/read-message.ts';

/** What intake knows of an HL7 v2 message after a look that costs little. */
export interface Examined {
  /** Absent where the bytes could not be read as HL7 v2. */
  readonly message?: Message;
  readonly header?: MessageHeader;
  /** Why it cannot be taken as a message at all. */
  readonly problem?: Problem;
  readonly warnings: readonly Problem[];
  /** Hashes of its patient numbers; equal numbers of different authorities share a lane, which costs only order. */
  readonly lanes: readonly string[];
  /** Hash of sender and MSH-10: finds re-sends. Absent without MSH-10. */
  readonly controlHash?: string;
}

/** Looks at the bytes of one HL7 v2 message: charset, form, header, patient numbers. */
export function examine(bytes: Uint8Array, channel: { readonly name: string; readonly charset?: string }): Examined {
  const read = readMessage(bytes, channel.charset === undefined ? {} : { channelDefault: channel.charset });
  if (!read.ok) return { problem: read.error, warnings: [], lanes: [] };
  const message = read.value;
  const header = readHeader(message);
  const lanes = [...new Set(identifiersOf(message).map(({ value }) => hash(value)))];
  const known = { message, header, warnings: message.warnings, lanes };
  if (header.controlId === '') {
    return { ...known, problem: problem('pipeline.no-control-id', 'MSH-10 is empty.', { path: 'MSH-10' }) };
  }
  const { sendingApplication, sendingFacility, controlId } = header;
  return { ...known, controlHash: hash(channel.name, sendingApplication, sendingFacility, controlId) };
}

/** 80 bits are enough to tell numbers of one channel apart; equal ones only share a lane. */
function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u001f')).digest('hex').slice(0, 20);
}
