import { expect, test } from '@jest/globals';

import { expireTests } from '../../../src/app/expire-tests.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import { adt, Node } from './node.ts';

test('those older than so many days are deleted; the record and younger ones are not touched', async () => {
  const day = 86_400_000;
  let now = Date.now();
  const store = openMemoryStore({ now: () => new Date(now) });
  const node = new Node({ store });
  for (let n = 0; n < 501; n += 1) await node.ask(adt(`T${n}`, 'P1', { 11: 'T' }));
  await node.ask(adt('M1', 'P1'));
  expect(await expireTests(store, 7)).toBe(0);
  now += 7 * day + 60_000;
  await store.commit({
    puts: [
      {
        collection: 'tests',
        id: 'young',
        body: Buffer.from('x'),
        fields: { channel: 'his', receivedAt: new Date(now - day) },
      },
    ],
  });
  expect(await expireTests(store, 7)).toBe(501);
  expect((await store.find('tests', {})).rows.map(({ id }) => id)).toEqual(['young']);
  expect(await node.states()).toEqual(['M1 stored']);
});
