import { describe, expect, test } from '@jest/globals';
import type { Body, Store } from '../../../src/store/port.ts';
import { fresh } from './opened.ts';

const texts: readonly (readonly [string, string])[] = [
  ['digits of decimals', '{"value":9.10,"big":12345678901234567890.000}'],
  ['white space and order', '{ "b" : 1,\n\t"a":[ ] }'],
  ['Chinese', '{"name":"张三"}'],
  ['four-byte characters', '{"name":"𠮷𡃁😀"}'],
  ['an escaped NUL and a lone escaped surrogate', '{"x":"\\u0000\\ud800"}'],
  ['a NUL', '{"x":"a\u0000b"}'],
  ['nothing', ''],
];

/** Bodies come back exactly as they were written. */
export function bodiesContract(store: () => Store): void {
  describe('bodies', () => {
    const back = async (collection: 'links' | 'messages' | 'patients', body: Body): Promise<Body | undefined> => {
      const id = fresh();
      await store().commit({ puts: [{ collection, id, body }] });
      return (await store().get(collection, id))?.body;
    };

    test.each(texts)('text keeps %s', async (_name, text) => {
      expect(await back('links', text)).toBe(text);
    });

    test.each(texts)('a note keeps %s', async (_name, note) => {
      const id = fresh();
      await store().commit({ puts: [{ collection: 'links', id, body: '{}', note }] });
      expect((await store().get('links', id))?.note).toBe(note);
    });

    test('bytes keep every value', async () => {
      const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
      const read = await back('messages', bytes);
      expect(read).toBeInstanceOf(Uint8Array);
      expect(Buffer.from(read as Uint8Array).equals(bytes)).toBe(true);
      expect(Buffer.from((await back('messages', new Uint8Array(0))) as Uint8Array)).toHaveLength(0);
    });

    test('a view into a larger buffer is kept, not the buffer', async () => {
      const view = Buffer.from('0123456789').subarray(3, 6);
      expect(Buffer.from((await back('messages', view)) as Uint8Array).toString()).toBe('345');
    });

    test('documents keep nesting, dates, nulls and numbers', async () => {
      const document = {
        name: { text: '王五😀', given: ['五'] },
        bornAt: new Date('1960-01-02T03:04:05.678Z'),
        list: [{ at: new Date(0) }, null, 1.5, -0.25, 9_007_199_254_740_991, true, ''],
        empty: {},
        none: [],
        date: '2026-01-01T00:00:00.000Z',
      };
      expect(await back('patients', document)).toEqual(document);
    });

    test('what the caller changes later is not what is stored', async () => {
      const id = fresh();
      const document = { list: ['a'] };
      const bytes = Uint8Array.from([1, 2, 3]);
      await store().commit({
        puts: [
          { collection: 'patients', id, body: document },
          { collection: 'messages', id, body: bytes },
        ],
      });
      document.list.push('b');
      bytes[0] = 9;
      expect((await store().get('patients', id))?.body).toEqual({ list: ['a'] });
      expect([...((await store().get('messages', id))?.body as Uint8Array)]).toEqual([1, 2, 3]);
    });

    test('ten MiB of bytes and of text', async () => {
      const bytes = Buffer.alloc(10 * 1024 * 1024, 'MSH|^~\\&|');
      expect(Buffer.from((await back('messages', bytes)) as Uint8Array).equals(bytes)).toBe(true);
      const text = JSON.stringify({ data: '医'.repeat(3 * 1024 * 1024) });
      expect((await back('links', text)) === text).toBe(true);
    });

    test('ids, keys and ordered keys of any characters', async () => {
      const id = `Patient/${fresh()}|\u0001 'q"%_\\😀`;
      const put = { collection: 'links', id, body: '{}', keys: [`k\u0000${id}`], ordered: [`o\u0000${id}`] } as const;
      await store().commit({ puts: [put] });
      expect((await store().get('links', id))?.id).toBe(id);
      expect((await store().find('links', { all: [`k\u0000${id}`] })).rows.map((row) => row.id)).toEqual([id]);
      expect((await store().find('links', { prefix: [[`o\u0000${id}`]] })).rows.map((row) => row.id)).toEqual([id]);
      expect((await store().find('links', { all: [`k\u0000${id}x`] })).rows).toEqual([]);
    });

    test('fields of every kind come back as they were', async () => {
      const id = fresh();
      const fields = {
        type: '张',
        version: 2.5,
        lastUpdated: new Date(1_700_000_000_123),
        'Observation|date': [
          [5, 9],
          [1, Infinity],
        ],
        none: [],
      } as const;
      await store().commit({ puts: [{ collection: 'resources', id, body: '{}', fields }] });
      expect((await store().get('resources', id))?.fields).toEqual(fields);
    });
  });
}
