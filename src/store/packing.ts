import { JingluoError, problem } from '../core/problem.ts';
import type { CollectionName } from './collections.ts';
import { COLLECTIONS } from './collections.ts';
import { compress, decompress, prepareDictionary } from './lz4.ts';
import { DICTIONARIES, FHIR_DICTIONARY, HL7_DICTIONARY, OWN_DICTIONARY } from './packing-dictionaries.ts';

/**
 * Rows are stored packed: compressed by LZ4 with a dictionary of what such rows have in common. The first byte of
 * stored bytes tells their form: 1 raw bytes follow; 2 to 8 packed with the dictionary of that number less 2 (4 bytes
 * length, LZ4 block). Neither JSON text nor an HL7 message begins with such a byte.
 */
const RAW = 1;
const FIRST_PACKED = 2;
const LAST_FORM = 8;

/** Form and length. */
const HEAD = 5;

/** Longer content is left alone. */
const MOST = 2 ** 28;

/** Shorter content is left alone. */
const WORTH_PACKING = 128;

const PREPARED = DICTIONARIES.map(prepareDictionary);

const FHIR_ROWS: ReadonlySet<CollectionName> = new Set<CollectionName>(['resources', 'history', 'sources']);

/** The dictionary that rows of a collection are packed with. */
export function dictionaryOf(collection: CollectionName): number {
  if (COLLECTIONS[collection].body === 'bytes') return HL7_DICTIONARY;
  return FHIR_ROWS.has(collection) ? FHIR_DICTIONARY : OWN_DICTIONARY;
}

/** Packs UTF-8 text or bytes; undefined where that does not save an eighth. */
export function pack(content: string | Uint8Array, dictionary: number): Uint8Array | undefined {
  if (content.length < WORTH_PACKING) return undefined;
  const prepared = PREPARED[dictionary];
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  if (prepared === undefined || length > MOST) return undefined;
  const write = (into: Buffer, at: number): void => {
    if (typeof content === 'string') into.write(content, at, 'utf8');
    else into.set(content, at);
  };
  const block = compress(write, length, prepared);
  if (block.length > length - (length >>> 3)) return undefined;
  const packed = Buffer.allocUnsafe(HEAD + block.length);
  packed[0] = FIRST_PACKED + dictionary;
  packed.writeUInt32LE(length, 1);
  packed.set(block, HEAD);
  return packed;
}

/** A text as bytes, packed where it is worth it; `unpackText` gives it back. */
export function packText(text: string, dictionary: number): Uint8Array {
  return pack(text, dictionary) ?? marked(Buffer.from(text, 'utf8'));
}

/** Bytes, packed where it is worth it; `unpack` gives them back. */
export function packBytes(bytes: Uint8Array, dictionary: number): Uint8Array {
  return pack(bytes, dictionary) ?? marked(bytes);
}

function marked(bytes: Uint8Array): Uint8Array {
  return hasForm(bytes) ? raw(bytes) : bytes;
}

/** Bytes marked as not packed. */
export function raw(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(RAW), bytes]);
}

/** True where bytes begin with a form. */
function hasForm(bytes: Uint8Array): boolean {
  const first = byteAt(bytes, 0);
  return first >= RAW && first <= LAST_FORM;
}

/** True for what `pack` returned. */
export function isPacked(stored: Uint8Array): boolean {
  return hasForm(stored) && stored[0] !== RAW;
}

/** The bytes behind a form; bytes without one (stored before there were any) are returned as they are. */
export function unpack(stored: Uint8Array): Uint8Array {
  if (!isPacked(stored)) return stored[0] === RAW ? stored.subarray(1) : stored;
  return opened(stored, (window, from, to) => Buffer.from(window.subarray(from, to)));
}

/** The text behind a form. */
export function unpackText(stored: Uint8Array): string {
  if (isPacked(stored)) return opened(stored, (window, from, to) => window.toString('utf8', from, to));
  const from = stored[0] === RAW ? 1 : 0;
  return Buffer.from(stored.buffer, stored.byteOffset + from, stored.byteLength - from).toString('utf8');
}

function opened<T>(stored: Uint8Array, take: (window: Buffer, from: number, to: number) => T): T {
  const prepared = PREPARED[byteAt(stored, 0) - FIRST_PACKED];
  const length =
    (byteAt(stored, 1) | (byteAt(stored, 2) << 8) | (byteAt(stored, 3) << 16) | (byteAt(stored, 4) << 24)) >>> 0;
  const window = prepared && length <= MOST ? decompress(stored, HEAD, length, prepared) : undefined;
  if (window === undefined || prepared === undefined) {
    throw new JingluoError(problem('store.row-damaged', 'A packed row cannot be unpacked.'));
  }
  return take(window, prepared.size, prepared.size + length);
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
