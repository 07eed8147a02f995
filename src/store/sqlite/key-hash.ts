import { hash } from 'node:crypto';

/**
 * Exact keys are stored as 64-bit hashes, seeded per file. The upper 18 bits come from one part of the key, the number
 * or name that it is about (`hood`), the lower 46 from the whole key: all keys about one person, one visit or one
 * message, whatever their type and parameter, lie side by side in the table of keys, and writing or finding them
 * touches a few pages of it instead of one page for each.
 *
 * Two different keys are equal by chance with 2^-64 where they are about different things, as in a plain hash, and
 * with 2^-46 where they are about the same. Of 100 million keys the former are 5 * 10^15 pairs, the latter, at 40
 * keys about one thing, 2 * 10^9: together one equal pair in 3,300 files (a plain hash: 3,700). A search then also
 * finds rows of the other key. The seed keeps anybody from making such keys. Equality that a decision rests on is
 * therefore checked on the row that was found.
 */
export type KeyHasher = (key: string) => string;

/** Neighbouring keys came with version 2; a file keeps the version that it was made with, for keys cannot be read back. */
export const KEY_VERSION = 2;

/** Hashes keys of one collection to 8 bytes (little-endian), as a Latin-1 string of 8 characters. */
export function keyHasher(seed: string, collection: string, version: number): KeyHasher {
  const prefix = `${seed}\u0000${collection}\u0000`;
  const plain = (key: string): string => hash('sha1', prefix + key, 'binary');
  if (version < 2) return (key) => plain(key).slice(0, 8);
  const start = Number.parseInt(seed.slice(0, 8), 16);
  return (key) => {
    const whole = plain(key);
    const area = hood(key, start);
    const mixed = ((area & 3) << 6) | (whole.charCodeAt(5) & 0x3f);
    return whole.slice(0, 5) + String.fromCharCode(mixed, (area >>> 2) & 0xff, area >>> 10);
  };
}

const bytes = new DataView(new ArrayBuffer(8));

/** A hash as the integer that SQLite stores. */
export function hashInteger(hashed: string): bigint {
  for (let at = 0; at < 8; at += 1) bytes.setUint8(at, hashed.charCodeAt(at));
  return bytes.getBigInt64(0, true);
}

/** The upper 32 bits of that integer: what keys are sorted by before they are written. */
export function hashOrder(hashed: string): number {
  const upper = hashed.charCodeAt(7) << 24;
  return upper | (hashed.charCodeAt(6) << 16) | (hashed.charCodeAt(5) << 8) | hashed.charCodeAt(4);
}

/**
 * 18 bits of what a key is about: its last word that holds a digit (an id, a number, a date, a code), its last word
 * where none does. Collections share it. FNV-1a: who finds keys with the same 18 bits has found neighbours, no equals.
 */
function hood(key: string, start: number): number {
  const [from, to] = lastName(key);
  let mixed = start ^ 0x811c9dc5;
  for (let at = from; at < to; at += 1) mixed = Math.imul(mixed ^ key.charCodeAt(at), 0x01000193);
  // The upper bits of FNV of a short text hardly differ.
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 14;
}

/** Where the word stands. */
function lastName(key: string): readonly [from: number, to: number] {
  let found: readonly [number, number] | undefined;
  let end = key.length;
  while (end > 0) {
    while (end > 0 && !inWord(key.charCodeAt(end - 1))) end -= 1;
    let start = end;
    let digit = false;
    for (; start > 0 && inWord(key.charCodeAt(start - 1)); start -= 1) digit ||= isDigit(key.charCodeAt(start - 1));
    if (digit) return [start, end];
    if (end > start) found ??= [start, end];
    end = start;
  }
  return found ?? [0, key.length];
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Letters, digits, `-`, `.`, `_` and everything beyond ASCII. */
function inWord(code: number): boolean {
  if (code >= 0x80 || isDigit(code)) return true;
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || code === 0x2d || code === 0x2e || code === 0x5f;
}
