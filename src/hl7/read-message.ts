import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { decodeBytes, type DecodeOptions } from './charset.ts';
import type { Message } from './message.ts';
import { parseMessage } from './parse.ts';

/** Bytes of one message to a parsed message: {@link decodeBytes}, then {@link parseMessage}, with the errors of both. */
export function readMessage(bytes: Uint8Array, options: DecodeOptions = {}): Result<Message, Problem> {
  const decoded = decodeBytes(bytes, options);
  return decoded.ok ? parseMessage(decoded.value.text, decoded.value) : decoded;
}
