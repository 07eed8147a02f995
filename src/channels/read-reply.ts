import { problem } from '../core/problem.ts';
import { readMessage } from '../hl7/read-message.ts';
import type { SendOutcome } from './port.ts';

/**
 * Reads what a partner's acknowledgement says: AA and CA accept; AE, AR, CE and CR refuse; anything else leaves the message
 * to be sent again (`channel.reply-unusable`).
 */
export function readReply(reply: Uint8Array): SendOutcome {
  const read = readMessage(reply);
  const msa = read.ok ? read.value.first('MSA') : undefined;
  const code = msa?.value(1) ?? '';
  if (code === 'AA' || code === 'CA') return { kind: 'accepted', reply };
  if (/^[AC][ER]$/.test(code)) {
    return { kind: 'refused', reply, problem: problem('channel.partner-refused', `the partner answered ${code}`) };
  }
  return {
    kind: 'unavailable',
    problem: problem('channel.reply-unusable', 'the answer holds no acknowledgement code'),
  };
}
