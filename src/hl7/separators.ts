import { problem, type Problem } from '../core/problem.ts';
import type { Separators } from './message.ts';

/** The delimiters that HL7 recommends (v2.8.2 chapter 2.5.4). */
export const STANDARD_SEPARATORS: Separators = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
};

/** Delimiters as read from a header segment, with what was odd about them. */
interface ReadSeparators {
  readonly separators: Separators;
  readonly warnings: readonly Problem[];
}

const known = new Map<string, ReadSeparators>();
const MAX_KNOWN = 64;

/**
 * Reads the delimiters from characters 4 to 9 of a header segment (MSH, FHS or BHS). A delimiter that is not declared
 * is the standard one, or none (`''`) where that character already has another duty.
 * @param header text that begins with the segment's name
 */
export function readSeparators(header: string): ReadSeparators {
  const field = header.charAt(3);
  const end = encodingEnd(header, field);
  const declaration = header.slice(3, end);
  const cached = known.get(declaration);
  if (cached !== undefined) return cached;
  const result = interpret(field, header.slice(4, end));
  if (known.size < MAX_KNOWN) known.set(declaration, result);
  return result;
}

/** MSH-2 ends at the field separator, at the end of the line, or after its fifth character. */
function encodingEnd(header: string, field: string): number {
  let end = 4;
  while (end < header.length && end < 9) {
    const char = header.charAt(end);
    if (char === field || char === '\r' || char === '\n') break;
    end += 1;
  }
  return end;
}

function interpret(field: string, encoding: string): ReadSeparators {
  const used = new Set([field]);
  const warnings: Problem[] = [];
  const pick = (index: number, standard: string): string => {
    const declared = encoding.charAt(index);
    const char = declared !== '' ? declared : used.has(standard) ? '' : standard;
    if (declared !== '' && used.has(declared)) warnings.push(duplicate());
    used.add(char);
    return char;
  };
  const base: Separators = {
    field,
    component: pick(0, '^'),
    repetition: pick(1, '~'),
    escape: pick(2, '\\'),
    subcomponent: pick(3, '&'),
  };
  if (encoding.length < 4) {
    const message = `MSH-2 has ${encoding.length} characters, expected 4 or 5`;
    warnings.push(problem('hl7.delimiter-missing', message, { path: 'MSH-2' }));
  }
  const truncation = encoding.charAt(4);
  return { separators: truncation === '' ? base : { ...base, truncation }, warnings };
}

function duplicate(): Problem {
  return problem('hl7.delimiter-duplicate', 'MSH-1 and MSH-2 use one character twice', { path: 'MSH-2' });
}
