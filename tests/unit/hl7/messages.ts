import type { Message } from '../../../src/hl7/message.ts';
import { parseMessage } from '../../../src/hl7/parse.ts';

/** Parses a message that the test knows to be right. */
export function parsed(text: string, charset = 'utf-8'): Message {
  const result = parseMessage(text, { charset });
  if (!result.ok) throw new TypeError(result.error.code);
  return result.value;
}
