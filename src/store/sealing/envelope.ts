import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { JingluoError, problem } from '../../core/problem.ts';
import type { CollectionName } from '../collections.ts';
import { dictionaryOf, packBytes, packText, unpack, unpackText } from '../packing.ts';
import type { DerivedKey, KeyRing } from './key-ring.ts';

const NONCE = 12;
const TAG = 16;
/** Starts sealed bytes: no HL7 message, JSON text or DICOM file begins with it. */
const MAGIC = Buffer.from([0x00, 0x4a, 0x53, 0x01]);
/** Beginning of a sealed text: version, key id; base64url of nonce, tag and ciphertext follows. JSON text never begins so. */
const HEAD = /^(v1|t1)\.([A-Za-z0-9_-]{1,32})\./;
const NOT_BASE64URL = /[^A-Za-z0-9_-]/;

/** Row that a sealed value belongs to: bound to the ciphertext, so that values cannot be moved to another row. */
export interface Place {
  readonly collection: CollectionName;
  readonly id: string;
  /** Which part of the row. */
  readonly part: 'body' | 'note';
}

/** `v1`: a text body, a note or a value `v`; `t1`: a bare text within a native document. */
export type Kind = 'v1' | 't1';

/** Seals and opens values with AES-256-GCM. */
export class Envelopes {
  readonly #ring: KeyRing;

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** Seals a text. It is packed first: what is sealed does not shrink, and its length tells little more than before. */
  sealText(text: string, place: Place, kind: Kind = 'v1'): string {
    const key = this.#ring.sealing(place.collection);
    return `${kind}.${key.id}.${encrypt(packText(text, dictionaryOf(place.collection)), key, place).toString('base64url')}`;
  }

  /** Opens a text; one that is not sealed (written before sealing was switched on) is returned as it is. */
  openText(text: string, place: Place): string {
    const sealed = parseSealed(text);
    if (sealed === undefined) return text;
    const { id, data } = sealed;
    const key = this.#ring.opening(place.collection, id);
    return unpackText(decrypt(Buffer.from(data, 'base64url'), key, place));
  }

  /** Seals bytes: magic, length and text of the key id, nonce, tag, ciphertext. */
  sealBytes(bytes: Uint8Array, place: Place): Uint8Array {
    const key = this.#ring.sealing(place.collection);
    const id = Buffer.from(key.id, 'latin1');
    return Buffer.concat([
      MAGIC,
      Buffer.from([id.length]),
      id,
      encrypt(packBytes(bytes, dictionaryOf(place.collection)), key, place),
    ]);
  }

  /** Opens bytes; bytes that are not sealed are returned as they are. */
  openBytes(bytes: Uint8Array, place: Place): Uint8Array {
    const id = keyIdOfBytes(bytes);
    if (id === undefined) return bytes;
    const data = bytes.subarray(MAGIC.length + 1 + id.length);
    return unpack(decrypt(data, this.#ring.opening(place.collection, id), place));
  }
}

/** The parts of a sealed text. The data is searched for what it may not hold: one pattern for all of it overflows the stack at some MiB. */
function parseSealed(text: string): { readonly kind: Kind; readonly id: string; readonly data: string } | undefined {
  const [head, kind, id] = HEAD.exec(text) ?? [];
  if (head === undefined || id === undefined || text.length === head.length) return undefined;
  const data = text.slice(head.length);
  return NOT_BASE64URL.test(data) ? undefined : { kind: kind === 't1' ? 't1' : 'v1', id, data };
}

/** Id of the key that sealed a text; undefined where it is not sealed. */
export function keyIdOfText(text: string): string | undefined {
  return parseSealed(text)?.id;
}

/** The kind of a sealed text; undefined where it is not sealed. */
export function kindOfText(text: string): Kind | undefined {
  return parseSealed(text)?.kind;
}

/** Id of the key that sealed bytes; undefined where they are not sealed. */
export function keyIdOfBytes(bytes: Uint8Array): string | undefined {
  if (MAGIC.compare(bytes, 0, MAGIC.length) !== 0) return undefined;
  const length = bytes[MAGIC.length] ?? 0;
  const start = MAGIC.length + 1;
  return Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
}

const pool = Buffer.alloc(NONCE * 256);
let used = pool.length;

/** Random bytes come in one call for many nonces. */
function nextNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += NONCE;
  return Buffer.from(pool.subarray(used - NONCE, used));
}

function encrypt(bytes: Uint8Array, key: DerivedKey, place: Place): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(associated(place));
  const sealed = cipher.update(bytes);
  const rest = cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed, rest]);
}

function decrypt(data: Uint8Array, key: DerivedKey, place: Place): Buffer {
  try {
    const cipher = createDecipheriv('aes-256-gcm', key.bytes, data.subarray(0, NONCE), { authTagLength: TAG });
    cipher.setAAD(associated(place)).setAuthTag(data.subarray(NONCE, NONCE + TAG));
    const opened = cipher.update(data.subarray(NONCE + TAG));
    const rest = cipher.final();
    return rest.length === 0 ? opened : Buffer.concat([opened, rest]);
  } catch (cause) {
    const message = `A row of ${place.collection} cannot be opened with key "${key.id}".`;
    throw new JingluoError(problem('store.sealing-broken', message), { cause });
  }
}

function associated({ collection, id, part }: Place): Buffer {
  return Buffer.from(`${collection}\u0000${id}\u0000${part}`, 'utf8');
}
