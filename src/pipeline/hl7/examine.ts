import { hash as digest } from 'node:crypto';

import type { ChannelSettings } from '../../core/channel-settings.ts';
import { problem, type Problem } from '../../core/problem.ts';
import type { MessageHeader } from '../../hl7/header.ts';
import { readHeader } from '../../hl7/header.ts';
import { identifiersOf } from '../../hl7/identifiers.ts';
import type { Message } from '../../hl7/message.ts';
import { excessOf } from './excess.ts';
import { parseMessage } from '../../hl7/parse.ts';
import { readMessage } from '../../hl7/read-message.ts';

/** Nobody has more numbers; a message with more keeps its order by the first ones. */
export const MAX_LANES = 100;

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

/**
 * Looks at the bytes of one HL7 v2 message: charset, form, header, patient numbers. Never throws: bytes that meet a
 * fault of ours are kept like others that cannot be used.
 */
export function examine(bytes: Uint8Array, channel: ExaminedChannel): Examined {
  try {
    return look(bytes, channel);
  } catch (error) {
    const fault = problem('pipeline.bug', `Reading met ${error instanceof Error ? error.name : typeof error}.`);
    return { problem: fault, warnings: [], lanes: [] };
  }
}

/** How the bytes of a channel are read. */
export const readingOptions = ({ charset }: Pick<ChannelSettings, 'charset'>): { readonly channelDefault?: string } =>
  charset === undefined ? {} : { channelDefault: charset };

type ExaminedChannel = Pick<ChannelSettings, 'name' | 'charset'>;

function look(bytes: Uint8Array, channel: ExaminedChannel): Examined {
  const read = readMessage(bytes, readingOptions(channel));
  if (!read.ok) return { problem: read.error, warnings: [], lanes: [] };
  const message = read.value;
  const header = readHeader(message);
  const numbers = new Set(identifiersOf(message).map(({ value }) => value));
  const lanes = [...numbers].slice(0, MAX_LANES).map((value) => hash(value));
  const known = { message, header, warnings: message.warnings, lanes };
  if (header.controlId === '') {
    return { ...known, problem: problem('pipeline.no-control-id', 'MSH-10 is empty.', { path: 'MSH-10' }) };
  }
  const { sendingApplication, sendingFacility, controlId } = header;
  const excess = excessOf(message);
  if (excess !== undefined)
    return {
      ...known,
      problem: excess,
      controlHash: hash(channel.name, sendingApplication, sendingFacility, controlId),
    };
  return { ...known, controlHash: hash(channel.name, sendingApplication, sendingFacility, controlId) };
}

/** What an answer needs of a message: its MSH and EVN, in memory of their own. */
export function headerOf(examined: Examined): Examined {
  const { message } = examined;
  if (message === undefined) return examined;
  const lines = [message.first('MSH'), message.first('EVN')].flatMap((segment) => segment?.text.slice(0, 4096) ?? []);
  // Out of the bytes anew: a slice would keep the whole text alive.
  const text = Buffer.from(lines.join('\r'), 'utf16le').toString('utf16le');
  const brief = parseMessage(text, { charset: message.charset, warnings: message.warnings });
  return brief.ok ? { ...examined, message: brief.value, header: readHeader(brief.value) } : examined;
}

/** 80 bits are enough to tell numbers of one channel apart; equal ones only share a lane. */
export function hash(...parts: readonly string[]): string {
  return digest('sha256', parts.join('\u001f')).slice(0, 20);
}
