import { hash } from 'node:crypto';

/** Makes ids that need no key: message ids, assertion ids. Time-ordered, unique, printable. */
export type NewId = () => string;

/**
 * UUID version 5 (RFC 9562 section 5.5) over the parts, joined by U+001F.
 * Equal parts give an equal id on every machine of an installation.
 * @param installation the installation id (a UUID), the name space of every id this installation gives
 * @param parts for example type, namespace, kind, value
 */
export function uuidV5(installation: string, ...parts: readonly string[]): string {
  const hex = hash('sha1', nameBytes(installation, parts.join('\u001f')));
  // Version 5 stands in the 13th digit, the variant in the two highest bits of the 17th.
  const variant = VARIANTS.charAt(Number.parseInt(hex.charAt(16), 16));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The 17th digit with its highest bits set to 10, by what it was. */
const VARIANTS = '89ab89ab89ab89ab';

const NAME_SPACE_BYTES = 16;
const MOST_NAME_BYTES = 4096;
/** Ids are made by the dozen for each message: the bytes of all of them are laid out in one place. */
const scratch = Buffer.alloc(MOST_NAME_BYTES);
let scratchOf = '';

/** The name space and behind it the name, in memory that the next call uses again. */
function nameBytes(installation: string, name: string): Buffer {
  if (scratchOf !== installation) {
    scratch.fill(0, 0, NAME_SPACE_BYTES);
    scratch.write(installation.replaceAll('-', ''), 0, NAME_SPACE_BYTES, 'hex');
    scratchOf = installation;
  }
  // UTF-8 takes at most three bytes for each unit of a string.
  if (NAME_SPACE_BYTES + name.length * 3 > MOST_NAME_BYTES) {
    return Buffer.concat([scratch.subarray(0, NAME_SPACE_BYTES), Buffer.from(name, 'utf8')]);
  }
  return scratch.subarray(0, NAME_SPACE_BYTES + scratch.write(name, NAME_SPACE_BYTES, 'utf8'));
}

/** Lower-case hex SHA-256 of the parts, joined by U+001F. */
export function sha256(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\u001f'));
}
