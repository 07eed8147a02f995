import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { startsInLowerCase } from './lower-case.ts';
import type { Message, Segment } from './message.ts';
import { LazySegment, nameKey, type SegmentContext } from './segment.ts';
import { readSeparators } from './separators.ts';

/** How the text came to be. */
export interface ParseOptions {
  /** WHATWG label; `\X..\` escapes are decoded in it. */
  readonly charset: string;
  /** Warnings of decoding, put before those of parsing. */
  readonly warnings?: readonly Problem[];
}

/**
 * Parses one decoded message: finds its segments and nothing else. Tolerates a byte order mark, framing characters and
 * blank lines around and between segments, and CR, LF or CRLF as terminator.
 * A segment name in small letters is read as the name (`hl7.segment-lower-case`).
 * A line that does not begin with a segment name stays part of the segment before it (`hl7.stray-line`).
 * Errors: `hl7.empty`, `hl7.no-msh`.
 */
export function parseMessage(text: string, options: ParseOptions): Result<Message, Problem> {
  const start = skip(text, 0);
  if (start === text.length) return err(problem('hl7.empty', 'the message holds no segment'));
  if (!text.startsWith('MSH', start) || !isSeparator(text.charCodeAt(start + 3))) {
    return err(problem('hl7.no-msh', 'the message does not begin with MSH and a field separator', { path: 'MSH' }));
  }
  const { separators, warnings } = readSeparators(text.slice(start, start + 10));
  const found: Problem[] = [...(options.warnings ?? []), ...warnings];
  const context = { separators, charset: options.charset };
  const segments = cut(text, start, { context, warnings: found });
  return ok(new ParsedMessage(text, context, { segments, warnings: found }));
}

interface Cutting {
  readonly context: SegmentContext;
  readonly warnings: Problem[];
}

/** Lines that are warned about one by one; there may be millions. */
const MOST_STRAYS = 100;

function cut(text: string, first: number, { context, warnings }: Cutting): readonly LazySegment[] {
  const segments: LazySegment[] = [];
  const separator = context.separators.field.charCodeAt(0);
  const lines = new LineEnds(text);
  let start = first;
  let end = lines.after(first);
  let strays = 0;
  // A segment is closed when the next one begins, because lines without a name belong to the one before.
  for (let next = skip(text, end); next < text.length; next = skip(text, end)) {
    if (startsSegment(text, next, separator) || startsInLowerCase(text, next, separator)) {
      const odd = oddName(text, next);
      if (odd !== undefined) warnings.push(odd);
      segments.push(new LazySegment(text, { start, end }, segments.length, context));
      start = next;
    } else if (strays < MOST_STRAYS) {
      warnings.push(stray(segments.length));
      strays += 1;
    }
    end = lines.after(next);
  }
  const last = withoutFraming(text, start, end);
  segments.push(new LazySegment(text, { start, end: last }, segments.length, context));
  return segments;
}

/** Finds the next CR or LF; keeps both positions, because looking for an absent one from every line would be quadratic. */
class LineEnds {
  private readonly text: string;
  private cr = -1;
  private lf = -1;

  constructor(text: string) {
    this.text = text;
  }

  after(from: number): number {
    if (this.cr < from) this.cr = this.find('\r', from);
    if (this.lf < from) this.lf = this.find('\n', from);
    return Math.min(this.cr, this.lf);
  }

  private find(char: string, from: number): number {
    const at = this.text.indexOf(char, from);
    return at < 0 ? this.text.length : at;
  }
}

/** What is odd about the name of a segment behind the first. */
function oddName(text: string, at: number): Problem | undefined {
  if (text.startsWith('MSH', at))
    return problem('hl7.second-msh', 'MSH stands twice in one message', { path: 'MSH[2]' });
  if (isUpper(text.charCodeAt(at))) return undefined;
  const path = text.slice(at, at + 3).toUpperCase();
  return problem('hl7.segment-lower-case', `the name of segment ${path} is in small letters`, { path });
}

function stray(index: number): Problem {
  return problem('hl7.stray-line', `a line inside segment ${index + 1} of the message does not begin a segment`);
}

/** Position behind blank lines, framing characters and a byte order mark. */
function skip(text: string, from: number): number {
  let at = from;
  while (at < text.length && isFiller(text.charCodeAt(at))) at += 1;
  return at;
}

function isFiller(code: number): boolean {
  return code === 0x0d || code === 0x0a || code === 0x0b || code === 0x1c || code === 0xfeff || code === 0x20;
}

/** The last line may carry the end of its frame. */
function withoutFraming(text: string, start: number, from: number): number {
  let end = from;
  while (end > start && (text.charCodeAt(end - 1) === 0x1c || text.charCodeAt(end - 1) === 0x1a)) end -= 1;
  return end;
}

/** Three characters `[A-Z][A-Z0-9]{2}`, then a field separator or the end of the line. */
function startsSegment(text: string, at: number, separator: number): boolean {
  const after = text.charCodeAt(at + 3);
  if (after !== separator && after !== 0x0d && after !== 0x0a && !Number.isNaN(after)) return false;
  return isUpper(text.charCodeAt(at)) && isName(text.charCodeAt(at + 1)) && isName(text.charCodeAt(at + 2));
}

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function isName(code: number): boolean {
  return isUpper(code) || (code >= 0x30 && code <= 0x39);
}

function isSeparator(code: number): boolean {
  const letterOrDigit = isName(code) || (code >= 0x61 && code <= 0x7a);
  return code > 0x20 && code < 0x7f && !letterOrDigit;
}

class ParsedMessage implements Message {
  readonly text: string;
  readonly separators: Message['separators'];
  readonly charset: string;
  readonly segments: readonly LazySegment[];
  readonly warnings: readonly Problem[];

  constructor(text: string, context: SegmentContext, parts: Pick<ParsedMessage, 'segments' | 'warnings'>) {
    this.text = text;
    this.separators = context.separators;
    this.charset = context.charset;
    this.segments = parts.segments;
    this.warnings = parts.warnings;
  }

  first(name: string): Segment | undefined {
    const key = nameKey(name, 0);
    for (const segment of this.segments) if (segment.key === key) return segment;
    return undefined;
  }

  all(name: string): readonly Segment[] {
    const key = nameKey(name, 0);
    return this.segments.filter((segment) => segment.key === key);
  }
}
