import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_MS = 5 * 60_000;

/** Headers that prove who sent a body and when: `v1=` hex HMAC-SHA-256 over `<unix seconds>.<body>`. */
export function signatureOf(secret: string, body: string | Uint8Array, at: Date): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(at.getTime() / 1000));
  return { 'x-jingluo-time': seconds, 'x-jingluo-signature': `v1=${digest(secret, seconds, body)}` };
}

/** True where the headers sign this body and are not older (or newer) than five minutes. */
export function isSigned(
  secret: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  now: Date,
): boolean {
  const seconds = headers['x-jingluo-time'] ?? '';
  const given = Buffer.from((headers['x-jingluo-signature'] ?? '').replace(/^v1=/, ''), 'hex');
  const expected = Buffer.from(digest(secret, seconds, body), 'hex');
  const age = Math.abs(now.getTime() - Number(seconds) * 1000);
  return given.length === expected.length && timingSafeEqual(given, expected) && age <= TOLERANCE_MS;
}

function digest(secret: string, seconds: string, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
}
