import type { Envelopes, Place } from './envelope.ts';
import { keyIdOfText, kindOfText } from './envelope.ts';
import type { SearchHash } from './search-hash.ts';
import { holdsNumber, isSensitiveIdType } from './sensitive.ts';

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
/** Top-level field that holds the keys of a sealed document as they were written. */
const WRITTEN_KEYS = '_keys';
/** Sealed, but not searched for. */
const NOT_HASHED = 'address.line';

/**
 * Seals a native document value by value, so that the rest stays queryable. `{ v }` in a sealed place, or with an
 * identifier type of an ID number, becomes `{ "$s", "h" }` (ciphertext, hash for exact search); entries of `keys` are
 * hashed like search keys (as written they stand sealed in `_keys`); any other text that holds an ID number or mobile phone becomes `{ "$s" }` as a whole.
 */
export function sealDocument(document: Document, place: Place, tools: Tools): Document {
  return sealObject(document, { path: '', place, tools });
}

/** Undoes `sealDocument`: the document comes back as it was written, the order of its fields included. */
export function openDocument(document: Document, place: Place, envelopes: Envelopes): Document {
  const opened = openObject(document, (text) => envelopes.openText(text, place));
  const written = opened[WRITTEN_KEYS];
  if (typeof written !== 'string') return opened;
  const entries = Object.entries(opened).filter(([name]) => name !== WRITTEN_KEYS);
  return Object.fromEntries(entries.map(([name, value]) => [name, name === 'keys' ? JSON.parse(written) : value]));
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
  const secret = isSecret(object, context.path);
  const entries = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    if (secret && name === 'v') return sealSecret(String(value), context);
    if (context.path === '' && name === 'keys') return sealKeys(value, context);
    // A golden value is named by a path of its own there: `phones.0`.
    const step = context.path === 'from' ? (name.split('.')[0] ?? '') : name;
    return [[name, sealValue(value, { ...context, path: context.path === '' ? step : `${context.path}.${step}` })]];
  });
  return Object.fromEntries(entries);
}

function isSecret(object: Document, path: string): boolean {
  const { v } = object;
  return typeof v === 'string' && (isSealedPlace(path) || isSensitiveId(object) || holdsNumber(v));
}

function sealSecret(value: string, { path, place, tools }: Context): [string, unknown][] {
  const sealed: [string, unknown] = ['$s', tools.envelopes.sealText(value, place)];
  return path === NOT_HASHED ? [sealed] : [sealed, ['h', `hm:${tools.hash.digest(value)}`]];
}

/** The hashed keys for searching, and beside them, sealed, the keys as they were written. */
function sealKeys(keys: unknown, context: Context): [string, unknown][] {
  if (!isTexts(keys)) return [['keys', sealValue(keys, { ...context, path: 'keys' })]];
  const hashed = keys.map((key) => context.tools.hash.sealKey(key)).sort();
  const written = context.tools.envelopes.sealText(JSON.stringify(keys), context.place, 't1');
  return [
    ['keys', hashed],
    [WRITTEN_KEYS, { $s: written }],
  ];
}

function sealValue(value: unknown, context: Context): unknown {
  if (typeof value === 'string') {
    return holdsNumber(value) ? { $s: context.tools.envelopes.sealText(value, context.place, 't1') } : value;
  }
  if (Array.isArray(value)) return value.map((entry: unknown) => sealValue(entry, context));
  return isPlain(value) ? sealObject(value, context) : value;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isSealedPlace(path: string): boolean {
  if (SEALED_PLACES.has(path)) return true;
  const [root, golden = '', list] = path.split('.');
  return root === 'from' && list === 'differ' && SEALED_GOLDEN.has(golden);
}

function isSensitiveId({ t }: Document): boolean {
  return typeof t === 'string' && isSensitiveIdType(t);
}

function openObject(object: Document, open: (text: string) => string): Document {
  const sealed = typeof object['$s'] === 'string';
  const entries = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    if (name === '$s' && typeof value === 'string') return [['v', open(value)]];
    if (sealed && name === 'h' && typeof value === 'string' && value.startsWith('hm:')) return [];
    return [[name, openValue(value, open)]];
  });
  return Object.fromEntries(entries);
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
