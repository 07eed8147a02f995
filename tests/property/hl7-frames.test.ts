import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { FrameDecoder, frameBytes, type FrameEvent } from '../../src/hl7/mllp-frames.ts';

const content = fc.uint8Array({ maxLength: 200 }).map((bytes) => bytes.filter((b) => b !== 0x0b && b !== 0x1c));
const noise = fc.constantFrom('', '\r', '\r\n', 'GET / HTTP/1.1\r\n', 'x');

/** Cuts bytes at every position whose flag is set. */
function cut(bytes: Buffer, flags: readonly boolean[]): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (let i = 1; i <= bytes.length; i += 1) {
    if (i < bytes.length && flags[i % Math.max(flags.length, 1)] !== true) continue;
    chunks.push(bytes.subarray(start, i));
    start = i;
  }
  return chunks;
}

function framesOf(events: readonly FrameEvent[]): string[] {
  return events.flatMap((e) => (e.kind === 'frame' ? [Buffer.from(e.bytes).toString('hex')] : []));
}

describe('MLLP frames', () => {
  test('however the stream is cut, the same frames come out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(content, noise), { maxLength: 6 }),
        fc.array(fc.boolean(), { maxLength: 40 }),
        (parts, flags) => {
          const stream = Buffer.concat(parts.flatMap(([bytes, junk]) => [frameBytes(bytes), Buffer.from(junk)]));
          const decoder = new FrameDecoder(1000);
          const events = cut(stream, flags).flatMap((chunk) => decoder.push(chunk));
          expect(framesOf(events)).toEqual(parts.map(([bytes]) => Buffer.from(bytes).toString('hex')));
          expect(decoder.pendingBytes).toBe(0);
          const visible = parts.some(([, junk]) => junk.trim() !== '');
          expect(events.some((e) => e.kind === 'noise')).toBe(visible);
        },
      ),
    );
  });

  test('3,000 one-byte writes', () => {
    const decoder = new FrameDecoder(10_000);
    const events = [...frameBytes(Buffer.alloc(3000, 'a'))].flatMap((byte) => decoder.push(Uint8Array.of(byte)));
    expect(framesOf(events)).toEqual([Buffer.alloc(3000, 'a').toString('hex')]);
  });

  test('FS without CR ends a frame', () => {
    const decoder = new FrameDecoder(100);
    expect(framesOf(decoder.push(Buffer.from('\x0bone\x1c\x0btwo\x1c')))).toEqual(
      ['one', 'two'].map((t) => Buffer.from(t).toString('hex')),
    );
  });

  test('an over-long frame is signalled once, with its beginning, and skipped to its end', () => {
    const decoder = new FrameDecoder(10);
    const events = [...decoder.push(Buffer.from('\x0bMSH|12345')), ...decoder.push(Buffer.from('67890abc'))];
    expect(events).toMatchObject([{ kind: 'too-long' }]);
    expect(events[0]?.kind === 'too-long' && Buffer.from(events[0].head).toString()).toBe('MSH|1234567890abc');
    expect(decoder.pendingBytes).toBe(0);
    expect(decoder.midFrame).toBe(true);
    expect(
      framesOf([...decoder.push(Buffer.alloc(100, 'x')), ...decoder.push(Buffer.from('\x1c\r\x0bok\x1c\r'))]),
    ).toEqual([Buffer.from('ok').toString('hex')]);
  });
});
