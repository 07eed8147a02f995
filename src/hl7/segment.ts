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

const HEADER_KEYS = ['MSH', 'FHS', 'BHS'].map((name) => nameKey(name, 0));

/** Three characters as one number: segments are looked up by name all the time, and numbers compare faster. */
export function nameKey(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) ^ (text.charCodeAt(at + 1) << 8) ^ text.charCodeAt(at + 2);
}

const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;

const names = new Map<number, string>();

/** A segment's name as all segments of that name have it: one string, so that comparing looks at no letter. */
export function segmentName(text: string): string {
  return nameOf(nameKey(text, 0));
}

function nameOf(key: number): string {
  let name = names.get(key);
  if (name === undefined) {
    name = String.fromCharCode(key >> 16, (key >> 8) & 0xff, key & 0xff);
    names.set(key, name);
  }
  return name;
}

/** Where a segment stands in the text of its message; `end` is behind its last character. */
interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Stands for a segment of which no field has been asked for: most segments are never touched. */
const NONE_FOUND: number[] = [];

/** Repetitions that are found by counting separators. */
const NEAR = 16;

/** A segment that finds its fields when they are asked for. It works on the message's text: slices of slices are slow. */
export class LazySegment implements Segment {
  /** The name as a number, see {@link nameKey}. */
  readonly key: number;
  readonly name: string;
  readonly index: number;
  private readonly source: string;
  private readonly start: number;
  private readonly end: number;
  private readonly context: SegmentContext;
  /**
   * Start of each field found so far in `source`, behind the last one the start of the next; entry 0 is field 1 (field 2 in a
   * header segment). Character 4 is always the separator (the parser has looked).
   */
  private starts: number[] = NONE_FOUND;
  private readonly shift: 0 | 1;
  /** The parts of the last field of many repetitions that was cut. */
  private cut: { readonly field: number; readonly parts: readonly string[] } | undefined;

  constructor(source: string, { start, end }: Extent, index: number, context: SegmentContext) {
    const key = nameKey(source, start);
    this.key = isLower(source.charCodeAt(start)) ? nameKey(source.slice(start, start + 3).toUpperCase(), 0) : key;
    this.name = nameOf(this.key);
    this.index = index;
    this.source = source;
    this.start = start;
    this.end = end;
    this.context = context;
    this.shift = HEADER_KEYS.includes(this.key) ? 1 : 0;
  }

  get text(): string {
    return this.source.slice(this.start, this.end);
  }

  get fieldCount(): number {
    this.findField(Infinity);
    return this.starts.length - 1 + this.shift;
  }

  field(n: number): string {
    if (this.shift === 1 && n === 1) return this.context.separators.field;
    const slot = n - 1 - this.shift;
    if (this.starts.length < slot + 2) this.findField(slot);
    const start = this.starts[slot];
    const next = this.starts[slot + 1];
    return start === undefined || next === undefined ? '' : this.source.slice(start, next - 1);
  }

  has(n: number): boolean {
    if (this.shift === 1 && n === 1) return true;
    const slot = n - 1 - this.shift;
    if (this.starts.length < slot + 2) this.findField(slot);
    const start = this.starts[slot];
    const next = this.starts[slot + 1];
    return start !== undefined && next !== undefined && next - start > 1;
  }

  repetitions(n: number): readonly string[] {
    const raw = this.field(n);
    if (this.holdsDelimiters(n)) return [raw];
    if (this.cut?.field === n) return this.cut.parts;
    const parts = allParts(raw, this.context.separators.repetition);
    if (parts.length > NEAR) this.cut = { field: n, parts };
    return parts;
  }

  component(n: number, repetition: number, component: number): string {
    const raw = this.field(n);
    if (raw === '' || this.holdsDelimiters(n)) return repetition === 1 && component === 1 ? raw : '';
    const { separators } = this.context;
    const part = repetition <= NEAR ? nthPart(raw, separators.repetition, repetition) : this.far(n, repetition);
    return nthPart(part, separators.component, component);
  }

  /** Cuts a field of many repetitions once: counting to each from the first would be quadratic. */
  private far(n: number, repetition: number): string {
    return this.repetitions(n)[repetition - 1] ?? '';
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

  /** Finds where the fields up to that slot begin and end; stops at the end of the segment. */
  private findField(slot: number): void {
    if (this.starts === NONE_FOUND) this.starts = [this.start + 4];
    const { starts, source, end } = this;
    const separator = this.context.separators.field;
    let start = starts[starts.length - 1] ?? end;
    while (starts.length < slot + 2 && start <= end) {
      const at = source.indexOf(separator, start);
      start = at < 0 || at > end ? end + 1 : at + 1;
      starts.push(start);
    }
  }
}
