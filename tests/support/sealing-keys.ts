import type { SealingKeys } from '../../src/store/sealing/key-ring.ts';

/** Sealing keys of tests: `k1`, `k2`, … by number, the last one current. */
export function testKeys(...numbers: readonly number[]): SealingKeys {
  const keys = numbers.map((number) => ({ id: `k${number}`, secret: Buffer.alloc(32, number).toString('base64') }));
  return { current: keys.at(-1)?.id ?? '', keys };
}
