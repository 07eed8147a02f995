import { createHash } from 'node:crypto';

/** Makes ids that need no key: message ids, assertion ids. Time-ordered, unique, printable. */
export type NewId = () => string;

/**
 * UUID version 5 (RFC 9562 section 5.5) over the parts, joined by U+001F.
 * Equal parts give an equal id on every machine of an installation.
 * @param installation the installation id (a UUID), the name space of every id this installation gives
 * @param parts for example type, namespace, kind, value
 */
export function uuidV5(installation: string, ...parts: readonly string[]): string {
  const digest = createHash('sha1')
    .update(Buffer.from(installation.replaceAll('-', ''), 'hex'))
    .update(parts.join('\u001f'), 'utf8')
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Lower-case hex SHA-256 of the parts, joined by U+001F. */
export function sha256(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\u001f'), 'utf8').digest('hex');
}
