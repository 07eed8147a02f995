import { BlockList, isIP } from 'node:net';

import { JingluoError, problem } from '../core/problem.ts';

/** JSON Schema of the setting `allow`. */
export const allowSchema = {
  type: 'array',
  items: { type: 'string' },
  description: 'Addresses (10.1.2.3) and networks (10.1.0.0/16) that may connect; everybody where left out.',
};

/** Answers whether a remote address may connect. */
export type IsAllowed = (address: string | undefined) => boolean;

/** Compiles an allow list; throws `channel.setting-invalid` for an entry that is neither an address nor a network. */
export function compileAllowList(entries: readonly string[] | undefined): IsAllowed {
  if (entries === undefined) return () => true;
  const list = new BlockList();
  for (const entry of entries) add(list, entry);
  return (address) => {
    if (address === undefined) return false;
    const plain = plainAddress(address);
    return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}

/** A dual-stack socket shows IPv4 peers as `::ffff:10.1.2.3`. */
export function plainAddress(address: string): string {
  return address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : address;
}

function add(list: BlockList, entry: string): void {
  const [address = '', prefix, ...more] = entry.split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? undefined : Number(prefix);
  const wrongBits = bits !== undefined && !(/^\d+$/.test(prefix ?? '') && bits <= (version === 6 ? 128 : 32));
  if (version === 0 || wrongBits || more.length > 0) {
    throw new JingluoError(
      problem('channel.setting-invalid', `allow holds ${entry}, expected an IP address or network`),
    );
  }
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, bits, family);
}
