import { hkdfSync } from 'node:crypto';
import { JingluoError, problem } from '../../core/problem.ts';
import type { CollectionName } from '../collections.ts';

/** Keys as configured (`sealing`). Every key that sealed something still stored must be in the list. */
export interface SealingKeys {
  /** Id of the key that seals what is written from now on. */
  readonly current: string;
  /** `secret`: 32 bytes in base64. */
  readonly keys: readonly { readonly id: string; readonly secret: string }[];
}

/** A key of one collection, derived from a configured key. */
export interface DerivedKey {
  readonly id: string;
  readonly bytes: Buffer;
}

const KEY_BYTES = 32;
/** Ids stand in envelopes between dots. */
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * The configured keys. Each collection has keys of its own, derived by HKDF-SHA256 (RFC 5869): random nonces of
 * AES-GCM are safe for 2^32 encryptions under one key, and a busy collection shares that with no other.
 */
export class KeyRing {
  readonly current: string;
  readonly #secrets: ReadonlyMap<string, Buffer>;
  readonly #derived = new Map<string, DerivedKey>();

  /** @throws JingluoError `store.sealing-key-invalid` */
  constructor({ current, keys }: SealingKeys) {
    this.current = current;
    this.#secrets = new Map(keys.map(({ id, secret }) => [id, secretOf(id, secret)]));
    if (!this.#secrets.has(current)) invalid(`The current key "${current}" is not among the keys`);
  }

  /** The key that seals now. */
  sealing(collection: CollectionName): DerivedKey {
    return this.opening(collection, this.current);
  }

  /**
   * The key that an envelope names.
   * @throws JingluoError `store.sealing-key-missing`
   */
  opening(collection: CollectionName, id: string): DerivedKey {
    const name = `${collection} ${id}`;
    let derived = this.#derived.get(name);
    if (derived === undefined) {
      const secret = this.#secrets.get(id);
      if (secret === undefined) {
        const message = `A row of ${collection} is sealed with key "${id}", which is not configured.`;
        throw new JingluoError(problem('store.sealing-key-missing', message));
      }
      const bytes = hkdfSync('sha256', secret, '', `jingluo seal 1 ${collection}`, KEY_BYTES);
      derived = { id, bytes: Buffer.from(bytes) };
      this.#derived.set(name, derived);
    }
    return derived;
  }
}

function secretOf(id: string, secret: string): Buffer {
  if (!KEY_ID.test(id)) invalid('An id of a key may have 1 to 32 letters, digits, "-" and "_"');
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length !== KEY_BYTES) invalid(`Key "${id}" must be ${KEY_BYTES} bytes in base64`);
  return bytes;
}

function invalid(message: string): never {
  throw new JingluoError(problem('store.sealing-key-invalid', `${message}.`));
}
