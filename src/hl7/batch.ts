import { asBuffer } from './decode.ts';

const BATCH_NAMES = new Set(['FHS', 'BHS', 'BTS', 'FTS']);
/** Line ends, framing characters, blanks and the bytes of a byte order mark. */
const FILLER = new Set([0x0d, 0x0a, 0x0b, 0x1c, 0x20, 0xef, 0xbb, 0xbf]);

/**
 * Cuts the bytes of a file or frame into its messages (HL7 v2.8.2 chapter 2.10.3): each begins at an MSH at the start of a
 * line and ends before the next MSH, FHS, BHS, BTS or FTS. The messages are views of the bytes, exact and in order;
 * the batch segments themselves are left out. Other text before the first MSH stays with it and text without any MSH is a
 * part of its own, so that parsing reports it. Nothing but a batch without messages gives an empty list.
 * Works before decoding: no charset but UTF-16 (which is not cut) uses CR or LF as part of a character.
 */
export function splitBatch(bytes: Uint8Array): readonly Uint8Array[] {
  const buffer = asBuffer(bytes);
  const messages: Uint8Array[] = [];
  const lines = new LineStarts(buffer);
  let start = 0;
  let hasMessage = false;
  const close = (end: number): void => {
    if (!isBlank(buffer, start, end)) messages.push(bytes.subarray(start, end));
  };
  for (let line = 0; line < buffer.length; line = lines.after(line)) {
    const kind = lineKind(buffer, line);
    if (kind === 'content') continue;
    if (kind === 'batch') {
      close(line);
      start = lines.after(line);
      hasMessage = false;
      continue;
    }
    if (hasMessage) close(line);
    if (hasMessage || isBlank(buffer, start, line)) start = line;
    hasMessage = true;
  }
  close(buffer.length);
  return messages;
}

/** Finds where the next line begins; keeps both positions, because looking for an absent one per line would be quadratic. */
class LineStarts {
  private readonly buffer: Buffer;
  private cr = -1;
  private lf = -1;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  after(from: number): number {
    if (this.cr < from) this.cr = this.find(0x0d, from);
    if (this.lf < from) this.lf = this.find(0x0a, from);
    return Math.min(this.cr, this.lf) + 1;
  }

  private find(byte: number, from: number): number {
    const at = this.buffer.indexOf(byte, from);
    return at < 0 ? this.buffer.length : at;
  }
}

function lineKind(buffer: Buffer, line: number): 'message' | 'batch' | 'content' {
  let at = line;
  while (at < line + 4 && isMark(buffer[at])) at += 1;
  const separator = buffer[at + 3] ?? 0x0d;
  if (separator > 0x7e || isAlphanumeric(separator)) return 'content';
  const name = buffer.toString('latin1', at, at + 3);
  if (name === 'MSH') return 'message';
  return BATCH_NAMES.has(name) ? 'batch' : 'content';
}

function isMark(byte: number | undefined): boolean {
  return byte === 0x0b || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!FILLER.has(buffer[at] ?? 0)) return false;
  return true;
}
