import type { Envelopes, Place } from './envelope.ts';
import { keyIdOfText, kindOfText } from './envelope.ts';
import type { SearchHash } from './search-hash.ts';
import { holdsNumber, SENSITIVE_ID_TYPES } from './sensitive.ts';

type Document = Readonly<Record<string, unknown>>;

/** Places of a patient document whose value `v` is sealed, lists and list positions left out (patient document schema). */
const SEALED_PLACES: ReadonlySet<string> = new Set([
  'idNumber',
  'idNumbers',
  'insurance.no',
  'phones',
  'emails',
  'accounts',
  'address.line',
  'contacts.phone',
]);
/** Golden values whose differing values in `from` are of the same kind. */
const SEALED_GOLDEN: ReadonlySet<string> = new Set([
  'idNumber',
  'insurance',
  'phones',
  'emails',
  'accounts',
  'address',
]);
/** Sealed, but not searched for. */
const NOT_HASHED = 'address.line';

/**
 * Seals a native document value by value, so that the rest stays queryable. `{ v }` in a sealed place, or with an
 * identifier type of an ID number, becomes `{ "$s", "h" }` (ciphertext, hash for exact search); entries of `keys` are
 * hashed like search keys; any other text that holds an ID number or mobile phone becomes `{ "$s" }` as a whole.
 */
export function sealDocument(document: Document, place: Place, tools: Tools): Document {
  return sealObject(document, { path: '', place, tools });
}

/** Undoes `sealDocument`, but for hashed `keys`. */
export function openDocument(document: Document, place: Place, envelopes: Envelopes): Document {
  return openObject(document, (text) => envelopes.openText(text, place));
}

/** Ids of the keys that sealed values of a document. */
export function keyIdsOfDocument(document: Document): ReadonlySet<string> {
  const ids = new Set<string>();
  openObject(document, (text) => {
    ids.add(keyIdOfText(text) ?? '');
    return text;
  });
  return ids;
}

/** What sealing needs. */
export interface Tools {
  readonly envelopes: Envelopes;
  readonly hash: SearchHash;
}

interface Context {
  readonly path: string;
  readonly place: Place;
  readonly tools: Tools;
}

function sealObject(object: Document, context: Context): Document {
  const { path, place, tools } = context;
  const { v, ...rest } = object;
  const sealed = sealEntries(rest, context);
  if (typeof v !== 'string') return v === undefined ? sealed : { v: sealValue(v, context), ...sealed };
  if (!isSealedPlace(path) && !isSensitiveId(object) && !holdsNumber(v)) return { v, ...sealed };
  const hashed = path === NOT_HASHED ? {} : { h: `hm:${tools.hash.digest(v)}` };
  return { $s: tools.envelopes.sealText(v, place), ...hashed, ...sealed };
}

function sealEntries(object: Document, context: Context): Document {
  const entries = Object.entries(object).map(([name, value]): [string, unknown] => {
    if (context.path === '' && name === 'keys') return [name, sealKeys(value, context.tools.hash)];
    // A golden value is named by a path of its own there: `phones.0`.
    const step = context.path === 'from' ? (name.split('.')[0] ?? '') : name;
    return [name, sealValue(value, { ...context, path: context.path === '' ? step : `${context.path}.${step}` })];
  });
  return Object.fromEntries(entries);
}

function sealValue(value: unknown, context: Context): unknown {
  if (typeof value === 'string') {
    return holdsNumber(value) ? { $s: context.tools.envelopes.sealText(value, context.place, 't1') } : value;
  }
  if (Array.isArray(value)) return value.map((entry: unknown) => sealValue(entry, context));
  return isPlain(value) ? sealObject(value, context) : value;
}

function sealKeys(keys: unknown, hash: SearchHash): unknown {
  if (!Array.isArray(keys)) return keys;
  return keys.map((key: unknown) => (typeof key === 'string' ? hash.sealKey(key) : key)).sort();
}

function isSealedPlace(path: string): boolean {
  if (SEALED_PLACES.has(path)) return true;
  const [root, golden = '', list] = path.split('.');
  return root === 'from' && list === 'differ' && SEALED_GOLDEN.has(golden);
}

function isSensitiveId({ t }: Document): boolean {
  return typeof t === 'string' && SENSITIVE_ID_TYPES.has(t);
}

function openObject(object: Document, open: (text: string) => string): Document {
  const { $s, ...rest } = object;
  const opened = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, openValue(value, open)]));
  if (typeof $s !== 'string') return $s === undefined ? opened : { $s, ...opened };
  const { h, ...others } = opened;
  const kept = typeof h === 'string' && h.startsWith('hm:') ? others : opened;
  return { v: open($s), ...kept };
}

function openValue(value: unknown, open: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => openValue(entry, open));
  if (!isPlain(value)) return value;
  const { $s } = value;
  return typeof $s === 'string' && kindOfText($s) === 't1' ? open($s) : openObject(value, open);
}

function isPlain(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array);
}
