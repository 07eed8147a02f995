/** True for a file of the way out: `outbound/ADT_A08.yaml`, `sites/x/outbound/ADT_A08.yaml`. */
export const isOutbound = (path: string): boolean => /^(?:sites\/[^/]+\/)?outbound\//u.test(path);
