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

/** Bytes marked as not packed. */
export function raw(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(RAW), bytes]);
}

/** True where bytes begin with a form, so that they must be stored packed or marked as raw. */
export function hasForm(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  return first >= RAW && first <= LAST_FORM;
}

/** True for what `pack` returned. */
export function isPacked(stored: Uint8Array): boolean {
  return hasForm(stored) && stored[0] !== RAW;
}

/** The bytes behind a form; bytes without one (stored before there were any) are returned as they are. */
export function unpack(stored: Uint8Array): Uint8Array {
  return isPacked(stored) ? Buffer.from(opened(stored)) : plain(stored);
}

/** The text behind a form. */
export function unpackText(stored: Uint8Array): string {
  const bytes = isPacked(stored) ? opened(stored) : plain(stored);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function plain(stored: Uint8Array): Uint8Array {
  return stored[0] === RAW ? stored.subarray(1) : stored;
}

/** In a buffer that the next call writes over. */
function opened(stored: Uint8Array): Uint8Array {
  const prepared = PREPARED[(stored[0] ?? 0) - FIRST_PACKED];
  const length = new DataView(stored.buffer, stored.byteOffset).getUint32(1, true);
  const bytes = prepared && length <= MOST ? decompress(stored.subarray(HEAD), length, prepared) : undefined;
  if (bytes === undefined) throw new JingluoError(problem('store.row-damaged', 'A packed row cannot be unpacked.'));
  return bytes;
}
