import { createHmac, timingSafeEqual } from 'node:crypto';

const SIGNATURE_BYTES = 12;

/** A store cursor made opaque: it is good only for the search it was given for, and nobody else can make one. */
export function sealCursor(cursor: string, search: string, key: string): string {
  return `${cursor}.${sign(cursor, search, key).toString('base64url')}`;
}

/** The store cursor in a sealed one; undefined where it was not made by `sealCursor` for this search. */
export function openCursor(sealed: string, search: string, key: string): string | undefined {
  const dot = sealed.lastIndexOf('.');
  const cursor = sealed.slice(0, Math.max(dot, 0));
  const given = Buffer.from(sealed.slice(dot + 1), 'base64url');
  const expected = sign(cursor, search, key);
  return given.length === expected.length && timingSafeEqual(given, expected) ? cursor : undefined;
}

function sign(cursor: string, search: string, key: string): Buffer {
  return createHmac('sha256', key).update(`${search}\u0000${cursor}`).digest().subarray(0, SIGNATURE_BYTES);
}
