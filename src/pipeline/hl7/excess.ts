import { problem, type Problem } from '../../core/problem.ts';
import type { Message, Segment } from '../../hl7/message.ts';

/** Segments of one message, fields of one segment, repetitions or components of one field: ten times what real messages hold. */
const MOST = 10_000;

/**
 * Why a message is too large in numbers rather than bytes; undefined for all that people send. Such a message would hold
 * up all others while it is mapped, so it is kept and refused (`pipeline.too-many-parts`, with the place).
 */
export function excessOf(message: Message): Problem | undefined {
  const { segments, text } = message;
  if (text.length < MOST) return undefined;
  if (segments.length > MOST) return tooMany('segments', segments[MOST]?.name ?? '');
  for (const segment of segments) {
    const found = segment.text.length < MOST ? undefined : excessIn(segment, message.separators);
    if (found !== undefined) return found;
  }
  return undefined;
}

function excessIn(segment: Segment, { field, repetition, component }: Message['separators']): Problem | undefined {
  const { name, text } = segment;
  let fields = 0;
  let repetitions = 0;
  let components = 0;
  for (const char of text) {
    if (char === field) {
      fields += 1;
      repetitions = 0;
      components = 0;
      if (fields > MOST) return tooMany('fields', name);
    } else if (char === repetition) repetitions += 1;
    else if (char === component) components += 1;
    if (repetitions > MOST || components > MOST)
      return tooMany('repetitions or components', `${name}-${name === 'MSH' ? fields + 1 : fields}`);
  }
  return undefined;
}

const tooMany = (what: string, path: string): Problem =>
  problem('pipeline.too-many-parts', `More than ${MOST} ${what}.`, { path });
