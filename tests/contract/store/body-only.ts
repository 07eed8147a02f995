import { describe, expect, test } from '@jest/globals';
import { JingluoError } from '../../../src/core/problem.ts';
import type { Put, Store } from '../../../src/store/port.ts';
import { fresh, idsOf, textPut } from './opened.ts';

/** A put of the body alone: what a re-encryption writes, which cannot know the keys of a row. */
export function bodyOnlyContract(store: () => Store): void {
  describe('a put of the body alone', () => {
    const commit = (put: Put, rev: number) =>
      store().commit({ puts: [put], expect: [{ collection: put.collection, id: put.id, rev }] });

    test('keeps keys, ordered keys and fields', async () => {
      const id = fresh();
      const fields = { rec: id, type: 't', span: [[1, 2]] } as const;
      await store().commit({ puts: [textPut('events', id, { keys: [id], ordered: [id], fields, note: 'old' })] });
      expect((await commit({ collection: 'events', id, body: '{"v":2}', bodyOnly: true }, 1)).ok).toBe(true);
      expect(await store().get('events', id)).toEqual({ id, rev: 2, body: '{"v":2}', fields });
      const query = { all: [id], prefix: [[id]], ranges: [[{ field: 'span', lowGe: 1 }]] };
      expect(idsOf(await store().find('events', query))).toEqual([id]);
    });

    test('replaces a native document and a note, among other rows', async () => {
      const [id, other] = [fresh(), fresh()];
      const put = { collection: 'patients', id, body: { a: 1, b: 2 }, keys: [id] } as const;
      await store().commit({ puts: [{ ...put, fields: { birthDate: '1990-01-01' } }] });
      const result = await store().commit({
        puts: [{ collection: 'patients', id, body: { b: 3 }, note: 'n', bodyOnly: true }, textPut('links', other)],
        expect: [{ collection: 'patients', id, rev: 1 }],
      });
      expect(result.ok).toBe(true);
      const row = { id, rev: 2, body: { b: 3 }, note: 'n', fields: { birthDate: '1990-01-01' } };
      expect((await store().find('patients', { all: [id] })).rows).toEqual([row]);
    });

    test('conflicts like any other put', async () => {
      const id = fresh();
      await store().commit({ puts: [textPut('links', id, { keys: [id] })] });
      const result = await commit({ collection: 'links', id, body: '{}', bodyOnly: true }, 2);
      expect(result).toEqual({ ok: false, conflict: { collection: 'links', id } });
    });

    const id = fresh();
    const broken: readonly (readonly [string, Put, number])[] = [
      ['of a row that need not exist', { ...textPut('links', id), bodyOnly: true }, 0],
      ['with keys', { ...textPut('links', id, { keys: ['k'] }), bodyOnly: true }, 1],
    ];
    test.each(broken)('is refused %s', async (_name, put, rev) => {
      await expect(commit(put, rev)).rejects.toThrow(JingluoError);
    });
  });
}
