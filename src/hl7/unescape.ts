import { decodeStrictly } from './decode.ts';
import { setReader, type SetReader } from './escape-sets.ts';
import type { Separators } from './message.ts';

const HEX = /^[Xx](?:[0-9A-Fa-f]{2})+$/;
const FORMAT = /^\.(br|sp|sk|in|ti|fi|nf|ce)\s*([+-]?\d+)?$/;
const MAX_REPEAT = 100;

/**
 * Replaces the escape sequences of a leaf (HL7 v2.8.2 chapter 2.7), once and from left to right. Hexadecimal runs that
 * touch are decoded together in the message's charset. What is no known sequence stays as it is.
 */
export function unescapeText(raw: string, separators: Separators, charset: string): string {
  const { escape } = separators;
  if (escape === '') return raw;
  let at = raw.indexOf(escape);
  if (at < 0) return raw;
  const context = { separators, charset, out: new Output() };
  let done = 0;
  while (at >= 0) {
    const end = raw.indexOf(escape, at + 1);
    if (end < 0) break;
    context.out.text(raw.slice(done, at));
    done = replace(raw, { at, end }, context);
    // The closing character of what was no sequence may open the next one.
    at = done === at ? end : raw.indexOf(escape, done);
  }
  context.out.text(raw.slice(done));
  return context.out.finish();
}

interface Span {
  readonly at: number;
  readonly end: number;
}

interface Context {
  readonly separators: Separators;
  readonly charset: string;
  readonly out: Output;
}

/** Handles the sequence at a span; answers the position after it, or `at` itself where it is no sequence. */
function replace(raw: string, { at, end }: Span, { separators, charset, out }: Context): number {
  const body = raw.slice(at + 1, end);
  if (HEX.test(body)) return replaceHex(raw, at, { separators, charset, out });
  const set = /^[CM](?:[0-9A-Fa-f]{2}){2,3}$/.test(body) ? setReader(body) : undefined;
  if (set !== undefined) {
    out.switchTo(set);
    return end + 1;
  }
  const text = simple(body, separators) ?? formatted(body);
  if (text === undefined) return at;
  out.text(text);
  return end + 1;
}

function simple(body: string, separators: Separators): string | undefined {
  switch (body) {
    case 'F':
      return separators.field;
    case 'S':
      return separators.component;
    case 'T':
      return separators.subcomponent;
    case 'R':
      return separators.repetition;
    case 'E':
      return separators.escape;
    case 'P':
      return separators.truncation ?? '#';
    case 'H':
    case 'N':
      return '';
    default:
      return undefined;
  }
}

function formatted(body: string): string | undefined {
  const match = FORMAT.exec(body);
  if (match === null) return undefined;
  const count = Math.min(Math.abs(Number(match[2] ?? '1')), MAX_REPEAT);
  switch (match[1]) {
    case 'br':
    case 'ce':
      return '\n';
    case 'sp':
      return '\n'.repeat(Math.max(count, 1));
    case 'sk':
      return ' '.repeat(count);
    default:
      return '';
  }
}

function replaceHex(raw: string, at: number, { separators, charset, out }: Context): number {
  let digits = '';
  let next = at;
  for (;;) {
    if (raw.charAt(next) !== separators.escape) break;
    const end = raw.indexOf(separators.escape, next + 1);
    const body = end < 0 ? '' : raw.slice(next + 1, end);
    if (!HEX.test(body)) break;
    digits += body.slice(1);
    next = end + 1;
  }
  const text = decodeStrictly(Buffer.from(digits, 'hex'), charset);
  out.text(text ?? raw.slice(at, next));
  return next;
}

/** Collects text; what follows a character set escape is held until the set ends, since its bytes belong together. */
class Output {
  private done = '';
  private held = '';
  private read: SetReader | undefined;

  text(part: string): void {
    if (this.read === undefined) this.done += part;
    else this.held += part;
  }

  switchTo(read: SetReader): void {
    this.flush();
    this.read = read;
  }

  finish(): string {
    this.flush();
    return this.done;
  }

  private flush(): void {
    if (this.read !== undefined) this.done += this.read(this.held);
    this.held = '';
  }
}
