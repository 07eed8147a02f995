import { compressSync, uncompressSync } from 'lz4-napi';
import type { CollectionName } from './collections.ts';
import { COLLECTIONS } from './collections.ts';
import { DICTIONARIES, FHIR_DICTIONARY, HL7_DICTIONARY, OWN_DICTIONARY } from './packing-dictionaries.ts';

/**
 * Rows are stored packed: compressed by LZ4 with a dictionary of what such rows have in common. The first byte of
 * stored bytes tells their form: 1 raw bytes follow; 2 to 8 packed with the dictionary of that number less 2 (4 bytes
 * length, LZ4 block). Neither JSON text nor an HL7 message begins with such a byte.
 */
const RAW = 1;
const FIRST_PACKED = 2;
const LAST_FORM = 8;

/** Shorter content is left alone. */
const WORTH_PACKING = 128;

const FHIR_ROWS: ReadonlySet<CollectionName> = new Set<CollectionName>(['resources', 'history', 'sources']);

/** The dictionary that rows of a collection are packed with. */
export function dictionaryOf(collection: CollectionName): number {
  if (COLLECTIONS[collection].body === 'bytes') return HL7_DICTIONARY;
  return FHIR_ROWS.has(collection) ? FHIR_DICTIONARY : OWN_DICTIONARY;
}

/** Packs UTF-8 text or bytes; undefined where that does not save an eighth. */
export function pack(content: string | Uint8Array, dictionary: number): Uint8Array | undefined {
  if (content.length < WORTH_PACKING) return undefined;
  const data = typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.length);
  const block = compressSync(data, DICTIONARIES[dictionary]);
  const length = block.readUInt32LE(0);
  if (block.length > length - (length >>> 3)) return undefined;
  const packed = Buffer.allocUnsafe(block.length + 1);
  packed[0] = FIRST_PACKED + dictionary;
  block.copy(packed, 1);
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
  if (!hasForm(stored)) return stored;
  const [form = 0] = stored;
  return form === RAW ? stored.subarray(1) : uncompressSync(stored.subarray(1), DICTIONARIES[form - FIRST_PACKED]);
}
