import type { Segment, Separators } from './message.ts';
import { allParts, nthPart } from './parts.ts';
import { unescapeText } from './unescape.ts';

/** What all segments of one message share. */
export interface SegmentContext {
  readonly separators: Separators;
  readonly charset: string;
}

/** Segments whose field 1 is the field separator itself and whose field 2 holds the other delimiters. */
export function isHeader(name: string): boolean {
  return name === 'MSH' || name === 'FHS' || name === 'BHS';
}

/** A segment that finds its fields when the first of them is asked for. */
export class LazySegment implements Segment {
  readonly name: string;
  readonly index: number;
  readonly text: string;
  private readonly context: SegmentContext;
  /** Start of each field in `text`; entry 0 is field 1 (field 2 in a header segment). */
  private starts: number[] | undefined;
  private readonly shift: 0 | 1;

  constructor(text: string, index: number, context: SegmentContext) {
    this.name = text.slice(0, 3);
    this.index = index;
    this.text = text;
    this.context = context;
    this.shift = isHeader(this.name) ? 1 : 0;
  }

  get fieldCount(): number {
    return this.fieldStarts().length + this.shift;
  }

  field(n: number): string {
    if (this.shift === 1 && n === 1) return this.context.separators.field;
    const starts = this.fieldStarts();
    const slot = n - 1 - this.shift;
    const start = starts[slot];
    if (start === undefined) return '';
    const next = starts[slot + 1];
    return this.text.slice(start, next === undefined ? this.text.length : next - 1);
  }

  repetitions(n: number): readonly string[] {
    const raw = this.field(n);
    if (this.holdsDelimiters(n)) return [raw];
    return allParts(raw, this.context.separators.repetition);
  }

  component(n: number, repetition: number, component: number): string {
    const raw = this.field(n);
    if (raw === '' || this.holdsDelimiters(n)) return repetition === 1 && component === 1 ? raw : '';
    const { separators } = this.context;
    return nthPart(nthPart(raw, separators.repetition, repetition), separators.component, component);
  }

  value(n: number, repetition = 1, component = 1, subcomponent = 1): string {
    const raw = this.component(n, repetition, component);
    if (raw === '') return '';
    if (this.holdsDelimiters(n)) return subcomponent === 1 ? raw : '';
    return this.unescape(nthPart(raw, this.context.separators.subcomponent, subcomponent));
  }

  unescape(raw: string): string {
    return unescapeText(raw, this.context.separators, this.context.charset);
  }

  private holdsDelimiters(n: number): boolean {
    return this.shift === 1 && n <= 2;
  }

  private fieldStarts(): readonly number[] {
    if (this.starts !== undefined) return this.starts;
    const starts: number[] = [];
    const { text } = this;
    const separator = this.context.separators.field;
    // Character 4 is always the separator (the parser has looked), so the fields start behind it.
    for (let at = 3; at >= 0 && at < text.length; at = text.indexOf(separator, at + 1)) starts.push(at + 1);
    this.starts = starts;
    return starts;
  }
}
