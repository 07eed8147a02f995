import { hash } from 'node:crypto';

/**
 * Exact keys are stored as 64-bit hashes, seeded per file. Two of 100 million different keys are equal by chance in
 * 1 of 3,700 files; a search then also finds rows of the other key. The seed keeps anybody from making such keys.
 * Equality that a decision rests on is therefore checked on the row that was found.
 */
export type KeyHasher = (key: string) => string;

/** Hashes keys of one collection to 8 bytes, as a Latin-1 string of 8 characters. */
export function keyHasher(seed: string, collection: string): KeyHasher {
  const prefix = `${seed}\u0000${collection}\u0000`;
  return (key) => hash('sha1', prefix + key, 'binary').slice(0, 8);
}

const scratch = Buffer.alloc(8);

/** A hash as the integer that SQLite stores. */
export function hashInteger(hashed: string): bigint {
  scratch.write(hashed, 'latin1');
  return scratch.readBigInt64LE(0);
}
