import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** Labels whose bytes below 0x80 do not all mean ASCII. */
const NOT_ASCII_BASED = new Set(['utf-16le', 'utf-16be', 'iso-2022-jp']);

const decoders = new Map<string, TextDecoder>();

function strictDecoder(label: string): TextDecoder {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    // The Encoding Standard decodes GBK as GB18030; the runtime's own GBK takes invalid bytes for private characters.
    decoder = new TextDecoder(label === 'gbk' ? 'gb18030' : label, { fatal: true });
    decoders.set(label, decoder);
  }
  return decoder;
}

/** A view of bytes as a Buffer; copies nothing. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Decodes bytes in one charset; `undefined` where a byte sequence is not valid in it. A byte order mark is taken off.
 * @param label a WHATWG label; `us-ascii` and `iso-8859-1` mean exactly that and not windows-1252
 */
export function decodeStrictly(bytes: Uint8Array, label: string): string | undefined {
  const buffer = asBuffer(bytes);
  if (label === 'iso-8859-1') return buffer.toString('latin1');
  if (!NOT_ASCII_BASED.has(label) && isAscii(buffer)) return buffer.toString('latin1');
  if (label === 'us-ascii') return undefined;
  try {
    return strictDecoder(label).decode(buffer);
  } catch {
    // A decoder that failed may keep state of the bytes before; the next message gets a new one.
    decoders.delete(label);
    return undefined;
  }
}
