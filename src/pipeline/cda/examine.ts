import { documentIdentity, parseDocument } from '../../cda/read-document.ts';
import type { ChannelSettings } from '../../core/channel-settings.ts';
import { problem } from '../../core/problem.ts';
import { hash, MAX_LANES, type Examined } from '../hl7/examine.ts';

/** Media type of clinical documents (HL7 CDA R2) as the journal knows them, whichever XML type they were posted as. */
export const CDA = 'application/hl7-cda+xml';

/**
 * Looks at the bytes of one document: charset, form, numbers. A document sent again is known by its number and content.
 * Never throws: bytes that meet a fault of ours are kept like others that cannot be used.
 */
export function examineDocument(bytes: Uint8Array, channel: Pick<ChannelSettings, 'name'>): Examined {
  try {
    return look(bytes, channel);
  } catch (error) {
    const fault = problem('pipeline.bug', `Reading met ${error instanceof Error ? error.name : typeof error}.`);
    return { problem: fault, warnings: [], lanes: [] };
  }
}

function look(bytes: Uint8Array, channel: Pick<ChannelSettings, 'name'>): Examined {
  const document = parseDocument(bytes);
  if (!document.ok) return { problem: document.error, warnings: [], lanes: [] };
  const { document: number, patient } = documentIdentity(document.value);
  const lanes = [...new Set(patient)].slice(0, MAX_LANES).map((value) => hash(value));
  const known = { warnings: [], lanes };
  return number === undefined ? known : { ...known, controlHash: hash(channel.name, number) };
}
