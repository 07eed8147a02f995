// LZ4 blocks (lz4_Block_format.md of the LZ4 project) with a dictionary. Rows are small: calling native code, its memory
// and its reading of the dictionary with each call cost more than the work itself. Here the dictionary is read once,
// and nothing is allocated but the result.

/** Shortest match. */
const MIN_MATCH = 4;
/** The last bytes are literals. */
const LAST_LITERALS = 5;
/** No match begins in the last bytes. */
const MATCH_LIMIT = 12;
/** A match lies within the 64 KiB before it. */
const MAX_OFFSET = 0xffff;
/** Length that fills its half of the first byte of a sequence; what is more follows. */
const FULL = 15;

const HASH_BITS = 13;
/** The more tries in a row find nothing, the more bytes are skipped: two at a time after 64. */
const SKIP_BITS = 6;
/** Content of up to so many bytes is worked on in buffers that are kept. */
const KEPT = 2 ** 17;

/** A dictionary that is prepared. */
export interface Dictionary {
  readonly size: number;
  /** Where in it four bytes with this hash stand, counted from 1. */
  readonly table: Int32Array;
  /** The dictionary, and room behind it for what is packed or unpacked next. */
  readonly window: Buffer;
}

/** Prepares a dictionary; at most 32 KiB, so that it is within reach of a match from every small row. */
export function prepareDictionary(bytes: Uint8Array): Dictionary {
  const entries = new Int32Array(2 ** HASH_BITS);
  for (let at = 0; at + MIN_MATCH <= bytes.length; at += 1) entries[hashAt(bytes, at)] = at + 1;
  const window = Buffer.alloc(bytes.length + KEPT);
  window.set(bytes);
  return { size: bytes.length, table: entries, window };
}

const table = new Int32Array(2 ** HASH_BITS);
const output = Buffer.alloc(worstCase(KEPT));

function worstCase(length: number): number {
  return length + Math.ceil(length / 255) + 16;
}

/** The window of a dictionary, or a larger one for this content alone. */
function roomFor({ size, window }: Dictionary, length: number): Buffer {
  return length <= KEPT ? window : Buffer.concat([window.subarray(0, size)], size + length);
}

/**
 * Compresses bytes.
 * @param content writes the content into a buffer from a place on
 * @returns the block, in a buffer that the next call writes over
 */
export function compress(
  content: (into: Buffer, at: number) => void,
  length: number,
  dictionary: Dictionary,
): Uint8Array {
  const window = roomFor(dictionary, length);
  content(window, dictionary.size);
  table.set(dictionary.table);
  const out = length <= KEPT ? output : Buffer.allocUnsafe(worstCase(length));
  const end = dictionary.size + length;
  let at = dictionary.size;
  let anchor = at;
  let to = 0;
  for (let tries = 1 << SKIP_BITS; at <= end - MATCH_LIMIT;) {
    const slot = hashAt(window, at);
    const found = (table[slot] ?? 0) - 1;
    table[slot] = at + 1;
    if (found < 0 || at - found > MAX_OFFSET || !sameFour(window, found, at)) {
      at += tries >>> SKIP_BITS;
      tries += 1;
      continue;
    }
    const start = at - sameBefore(window, found, at, anchor);
    const after = sameAfter(window, found + MIN_MATCH, at + MIN_MATCH, end - LAST_LITERALS);
    to = writeSequence(window, { from: anchor, start, after, offset: at - found }, out, to);
    anchor = at = after;
    tries = 1 << SKIP_BITS;
  }
  return out.subarray(0, writeSequence(window, { from: anchor, start: end, after: end, offset: 0 }, out, to));
}

function hashAt(bytes: Uint8Array, at: number): number {
  const four =
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  return Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function sameFour(bytes: Uint8Array, a: number, b: number): boolean {
  return (
    bytes[a] === bytes[b] &&
    bytes[a + 1] === bytes[b + 1] &&
    bytes[a + 2] === bytes[b + 2] &&
    bytes[a + 3] === bytes[b + 3]
  );
}

/** How many bytes before two places are the same. */
function sameBefore(bytes: Uint8Array, found: number, at: number, least: number): number {
  let count = 0;
  while (at - count > least && count < found && bytes[found - count - 1] === bytes[at - count - 1]) count += 1;
  return count;
}

/** The first place behind `at` whose byte is another than that behind `found`. */
function sameAfter(bytes: Uint8Array, found: number, at: number, end: number): number {
  let there = found;
  let here = at;
  while (here < end && bytes[here] === bytes[there]) {
    here += 1;
    there += 1;
  }
  return here;
}

/** Literals and the match behind them; the last sequence has no match (`offset` 0). */
interface Sequence {
  readonly from: number;
  readonly start: number;
  readonly after: number;
  readonly offset: number;
}

function writeSequence(
  window: Uint8Array,
  { from, start, after, offset }: Sequence,
  out: Uint8Array,
  begin: number,
): number {
  const literals = start - from;
  const match = offset === 0 ? 0 : after - start - MIN_MATCH;
  out[begin] = (Math.min(literals, FULL) << 4) | Math.min(match, FULL);
  let to = writeRest(out, begin + 1, literals);
  for (let at = from; at < start; at += 1) out[to++] = window[at] ?? 0;
  if (offset === 0) return to;
  out[to++] = offset & 0xff;
  out[to++] = offset >>> 8;
  to = writeRest(out, to, match);
  return to;
}

/** What of a length does not fit into its half byte. */
function writeRest(out: Uint8Array, begin: number, length: number): number {
  if (length < FULL) return begin;
  let to = begin;
  let rest = length - FULL;
  for (; rest >= 255; rest -= 255) out[to++] = 255;
  out[to++] = rest;
  return to;
}

/**
 * Undoes `compress`.
 * @param block bytes that end with the block
 * @param from where it begins in them
 * @returns a buffer that holds the content behind the size of the dictionary, until the next call; undefined where the
 * block is damaged
 */
// A view of the block, or of the content, would cost half as much as the work.
export function decompress(
  block: Uint8Array,
  from: number,
  length: number,
  dictionary: Dictionary,
): Buffer | undefined {
  const window = roomFor(dictionary, length);
  const end = dictionary.size + length;
  const input = new Input(block, from);
  let to = dictionary.size;
  while (!input.ended()) {
    const token = input.byte();
    const literals = input.length(token >>> 4);
    if (to + literals > end) return undefined;
    to = input.copy(literals, window, to);
    if (input.ended()) break;
    const offset = input.byte() | (input.byte() << 8);
    const match = input.length(token & FULL) + MIN_MATCH;
    if (offset === 0 || offset > to || to + match > end) return undefined;
    // Byte by byte: a match may reach into what it makes.
    for (const stop = to + match; to < stop; to += 1) window[to] = window[to - offset] ?? 0;
  }
  return to === end ? window : undefined;
}

/** A block as it is read. */
class Input {
  readonly #block: Uint8Array;
  #at: number;

  constructor(block: Uint8Array, from: number) {
    this.#block = block;
    this.#at = from;
  }

  ended(): boolean {
    return this.#at >= this.#block.length;
  }

  /** The next byte; 0 behind the end. */
  byte(): number {
    const value = this.#block[this.#at] ?? 0;
    this.#at += 1;
    return value;
  }

  /** A length of which the half byte is known. */
  length(half: number): number {
    let length = half;
    if (half === FULL) {
      for (let more = 255; more === 255; length += more) more = this.byte();
    }
    return length;
  }

  /** Copies bytes and returns the place behind them. */
  copy(count: number, into: Uint8Array, to: number): number {
    for (let at = 0; at < count; at += 1) into[to + at] = this.#block[this.#at + at] ?? 0;
    this.#at += count;
    return to + count;
  }
}
