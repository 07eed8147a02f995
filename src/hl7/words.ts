import { hash } from 'node:crypto';

import type { Message, Segment } from './message.ts';

/** Fields that differ each time that the same is said: when it is said, and the number of the message. */
const EACH_TIME = [
  ['MSH', 7],
  ['MSH', 10],
  ['MSH', 13],
  ['EVN', 2],
] as const;

/** Whether a field says when or under what number a message is sent, rather than what it says. */
export function isEachTime(segment: string, field: number): boolean {
  return EACH_TIME.some(([name, number]) => name === segment && number === field);
}

/**
 * Hash of what a message says, whenever and under whatever number it is sent. The offset of MSH-7 stays: it is the zone
 * of other times.
 */
export function wordsOf(message: Message): string {
  const separator = message.separators.field;
  const texts = message.segments.map((segment) => withoutEachTime(segment, separator));
  return hash('sha256', texts.join('\r'), 'base64');
}

function withoutEachTime({ name, text }: Segment, separator: string): string {
  if (name !== 'MSH' && name !== 'EVN') return text;
  const fields = text.split(separator);
  for (const [segment, field] of EACH_TIME) {
    // MSH-1 is the separator itself.
    const at = name === 'MSH' ? field - 1 : field;
    if (segment === name && fields[at] !== undefined) fields[at] = rest(fields[at]);
  }
  return fields.join(separator);
}

/** Whether a field is there, and the offset of a time, are part of what is said. */
const rest = (value: string): string => (value === '' ? '' : `*${/[+-]\d{4}$/.exec(value)?.[0] ?? ''}`);
