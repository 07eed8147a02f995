import { describe, expect, test } from '@jest/globals';

import { adminSocketPath } from '../../../src/app/admin-socket.ts';

describe('socket of a running engine', () => {
  test('lies in the data folder', () => {
    expect(adminSocketPath('/var/lib/jingluo')).toBe('/var/lib/jingluo/admin.sock');
  });

  test('has a path that the system accepts, different for each folder, however deep the folder is', () => {
    const deep = `/var/lib/${'deep/'.repeat(40)}`;
    const paths = [adminSocketPath(`${deep}a`), adminSocketPath(`${deep}b`)];
    expect(new Set(paths).size).toBe(2);
    expect(paths.every((path) => Buffer.byteLength(path) <= 107)).toBe(true);
  });
});
