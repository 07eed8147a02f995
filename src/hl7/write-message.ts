import { HL7_NULL, type Separators } from './message.ts';
import { isHeader } from './segment.ts';
import { STANDARD_SEPARATORS } from './separators.ts';

/** Text that is escaped already and goes out as it is. */
interface RawText {
  readonly raw: string;
}

/** A component: its text, or the texts of its subcomponents. */
type ComponentValue = string | readonly string[];

/** One repetition of a field: its text, or its components. */
export type RepetitionValue = string | readonly ComponentValue[];

/** A field: its text, its components, its repetitions, or raw text. */
export type FieldValue = RepetitionValue | { readonly repeat: readonly RepetitionValue[] } | RawText;

/** A segment to write. Header segments get fields 1 and 2 from the separators. */
export interface SegmentSpec {
  readonly name: string;
  readonly fields: Readonly<Record<number, FieldValue>>;
}

/** Escapes a leaf for a message with these delimiters (HL7 v2.8.2 chapter 2.7); {@link HL7_NULL} stays what it is. */
function escapeText(text: string, separators: Separators): string {
  const { escape } = separators;
  if (escape === '' || text === HL7_NULL || !needsEscape(text, separators)) return text;
  let out = '';
  for (const char of text.replaceAll('\r\n', '\n')) {
    const letter = letterFor(char, separators);
    out += letter === '' ? char : escape + letter + escape;
  }
  return out;
}

function needsEscape(text: string, separators: Separators): boolean {
  for (let i = 0; i < text.length; i += 1) if (letterFor(text.charAt(i), separators) !== '') return true;
  return false;
}

function letterFor(char: string, separators: Separators): string {
  switch (char) {
    case separators.escape:
      return 'E';
    case separators.field:
      return 'F';
    case separators.component:
      return 'S';
    case separators.subcomponent:
      return 'T';
    case separators.repetition:
      return 'R';
    case separators.truncation:
      return 'P';
    case '\n':
      return '.br';
    case '\r':
    case '\v':
    case '\x1c':
      return `X${Buffer.from(char).toString('hex').toUpperCase()}`;
    default:
      return '';
  }
}

/** Writes a message: values escaped, empty tails left out, each segment ended by CR. */
export function writeMessage(segments: readonly SegmentSpec[], separators: Separators = STANDARD_SEPARATORS): string {
  return segments.map((segment) => `${writeSegment(segment, separators)}\r`).join('');
}

function writeSegment({ name, fields }: SegmentSpec, separators: Separators): string {
  const header = isHeader(name);
  const last = Math.max(header ? 2 : 0, ...Object.keys(fields).map(Number));
  const written: string[] = [];
  for (let n = header ? 3 : 1; n <= last; n += 1) written.push(writeField(fields[n] ?? '', separators));
  while (written.at(-1) === '') written.pop();
  const { field, component, repetition, escape, subcomponent, truncation = '' } = separators;
  const head = header ? [name, component + repetition + escape + subcomponent + truncation] : [name];
  return [...head, ...written].join(field);
}

function writeField(value: FieldValue, separators: Separators): string {
  if (typeof value === 'string') return escapeText(value, separators);
  if ('raw' in value) return value.raw;
  if ('repeat' in value) return value.repeat.map((one) => writeRepetition(one, separators)).join(separators.repetition);
  return writeRepetition(value, separators);
}

function writeRepetition(value: RepetitionValue, separators: Separators): string {
  if (typeof value === 'string') return escapeText(value, separators);
  return joinTrimmed(
    value.map((component) =>
      typeof component === 'string'
        ? escapeText(component, separators)
        : joinTrimmed(
            component.map((part) => escapeText(part, separators)),
            separators.subcomponent,
          ),
    ),
    separators.component,
  );
}

function joinTrimmed(parts: readonly string[], separator: string): string {
  const kept = [...parts];
  while (kept.at(-1) === '') kept.pop();
  return kept.join(separator);
}
