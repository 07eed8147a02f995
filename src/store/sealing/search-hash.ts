import { createHmac } from 'node:crypto';
import type { KeyTerm, Query } from '../port.ts';
import { holdsNumber, isSensitiveIdType, SENSITIVE_KEY_PREFIXES, SENSITIVE_PARAMETERS } from './sensitive.ts';

/** Separates the parts of a FHIR search key. */
const SEPARATOR = '\u0001';
/** A number of a member in a patient document's own keys: `id:HIS|MR|P1`. */
const MEMBER_KEY = /^id:[^|]*\|([^|]*)\|/;

/**
 * Replaces numbers in search keys by keyed hashes (HMAC-SHA256, 128 bits), the same way when a row is written and when
 * it is searched for. The secret is not one of the sealing keys: it is random, made once for a store, and itself kept
 * sealed; so a change of sealing keys leaves every search key valid.
 */
export class SearchHash {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** Hash of a value. */
  digest(value: string): string {
    return createHmac('sha256', this.#secret).update(value, 'utf8').digest().toString('base64url', 0, 16);
  }

  /**
   * An exact key as it is stored: `idn:01|110…` becomes `h:idn:01|<hash>`, `tel:138…` `h:tel:<hash>`, a FHIR token of a
   * sensitive parameter keeps type, parameter and system; any other key that holds a number becomes `h:<hash>`.
   */
  sealKey(key: string): string {
    if (key.startsWith('h:')) return key;
    if (SENSITIVE_KEY_PREFIXES.some((prefix) => key.startsWith(prefix)))
      return `h:${this.#behindLast(key, key.indexOf(':'))}`;
    const type = MEMBER_KEY.exec(key)?.[1];
    if (type !== undefined && isSensitiveIdType(type)) return `h:${this.#behindLast(key, 2)}`;
    return this.#sealToken(key) ?? this.sealOrdered(key);
  }

  /** An ordered key, or the prefix that is searched for: found only as a whole once it holds a number. */
  sealOrdered(key: string): string {
    return holdsNumber(key) ? `h:${this.digest(key)}` : key;
  }

  /** A query for what `sealKey` and `sealOrdered` have written. */
  sealQuery(query: Query): Query {
    const term = (one: KeyTerm): KeyTerm =>
      typeof one === 'string' ? this.sealKey(one) : one.map((key) => this.sealKey(key));
    return {
      ...query,
      ...(query.all === undefined ? {} : { all: query.all.map(term) }),
      ...(query.none === undefined ? {} : { none: query.none.map((key) => this.sealKey(key)) }),
      ...(query.prefix === undefined
        ? {}
        : { prefix: query.prefix.map((prefixes) => prefixes.map((prefix) => this.sealOrdered(prefix))) }),
    };
  }

  /** A FHIR token of a sensitive parameter; undefined for every other key. */
  #sealToken(key: string): string | undefined {
    const parts = key.split(SEPARATOR);
    const [resource = '', parameter = '', system = '', value = ''] = parts;
    if (parts.length === 4 && SENSITIVE_PARAMETERS.has(parameter) && value !== '') {
      return [resource, parameter, system, `h:${this.digest(value)}`].join(SEPARATOR);
    }
    return undefined;
  }

  /** Hashes what stands behind the last `|`, or behind a position where there is none. */
  #behindLast(key: string, least: number): string {
    const cut = Math.max(key.lastIndexOf('|'), least) + 1;
    return key.slice(0, cut) + this.digest(key.slice(cut));
  }
}
