import { asBuffer } from './decode.ts';

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;

/** How many bytes of noise or of an over-long frame are shown. */
const HEAD_BYTES = 4096;
const NO_BYTES = Buffer.alloc(0);

/** What came out of a stream of MLLP frames (HL7 v2.8.2 appendix C.4). */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  /** Bytes outside of any frame; `head` is at most 4 KiB of them. */
  | { readonly kind: 'noise'; readonly length: number; readonly head: Uint8Array }
  /** A frame grew over the limit; its rest is skipped to its end. `head` is its beginning, at most 4 KiB. */
  | { readonly kind: 'too-long'; readonly head: Uint8Array };

/**
 * Finds MLLP frames in a byte stream, however it is cut. Costs time and memory linear in the bytes. FS ends a frame, the CR after it may be missing; CR, LF and blanks between frames are no noise.
 */
export class FrameDecoder {
  private readonly maxBytes: number;
  private state: 'outside' | 'inside' | 'skipping' = 'outside';
  private content = NO_BYTES;
  private length = 0;

  /** @param maxBytes largest frame content in bytes */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes of a frame that has begun and not ended; 0 between frames. */
  get pendingBytes(): number {
    return this.length;
  }

  /** True from the first byte of a frame to its end, also while an over-long frame is skipped. */
  get midFrame(): boolean {
    return this.state !== 'outside';
  }

  /** Takes the next bytes of the stream; answers what they completed, in order. */
  push(chunk: Uint8Array): readonly FrameEvent[] {
    const buffer = asBuffer(chunk);
    const events: FrameEvent[] = [];
    let at = 0;
    while (at < buffer.length)
      at = this.state === 'outside' ? this.between(buffer, at, events) : this.within(buffer, at, events);
    return events;
  }

  private between(buffer: Buffer, from: number, events: FrameEvent[]): number {
    const start = buffer.indexOf(VT, from);
    const end = start < 0 ? buffer.length : start;
    const noise = trimmed(buffer, from, end);
    if (noise.length > 0) events.push({ kind: 'noise', length: noise.length, head: noise.subarray(0, HEAD_BYTES) });
    if (start < 0) return end;
    this.state = 'inside';
    return start + 1;
  }

  private within(buffer: Buffer, from: number, events: FrameEvent[]): number {
    const stop = buffer.indexOf(FS, from);
    const end = stop < 0 ? buffer.length : stop;
    if (this.state === 'inside') this.keep(buffer.subarray(from, end), events);
    if (stop < 0) return end;
    if (this.state === 'inside') events.push({ kind: 'frame', bytes: this.take() });
    this.state = 'outside';
    return stop + 1;
  }

  private keep(part: Buffer, events: FrameEvent[]): void {
    this.append(part);
    if (this.length <= this.maxBytes) return;
    events.push({ kind: 'too-long', head: this.take().subarray(0, HEAD_BYTES) });
    this.state = 'skipping';
  }

  /** Copies, so that a small frame does not keep a whole network chunk alive; the room doubles, so that copying stays linear. */
  private append(part: Buffer): void {
    const needed = this.length + part.length;
    if (needed > this.content.length) {
      const larger = Buffer.allocUnsafe(this.length === 0 ? needed : Math.max(needed, 2 * this.content.length));
      this.content.copy(larger, 0, 0, this.length);
      this.content = larger;
    }
    part.copy(this.content, this.length);
    this.length = needed;
  }

  private take(): Buffer {
    const bytes = this.content.subarray(0, this.length);
    this.content = NO_BYTES;
    this.length = 0;
    return bytes;
  }
}

/** Noise without the blanks, line ends, zero bytes and repeated frame ends around it. */
function trimmed(buffer: Buffer, from: number, to: number): Buffer {
  let start = from;
  let end = to;
  while (start < end && isBlank(buffer[start])) start += 1;
  while (end > start && isBlank(buffer[end - 1])) end -= 1;
  return buffer.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === CR || byte === LF || byte === SPACE || byte === FS || byte === 0;
}

/** Puts a message into an MLLP frame: VT, content, FS, CR. */
export function frameBytes(content: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(content.length + 3);
  frame[0] = VT;
  frame.set(content, 1);
  frame[content.length + 1] = FS;
  frame[content.length + 2] = CR;
  return frame;
}
