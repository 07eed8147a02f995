import { describe, expect, test } from '@jest/globals';
import { JingluoError } from '../../../src/core/problem.ts';
import type { ChangeSet, Store } from '../../../src/store/port.ts';
import { fresh, textPut } from './opened.ts';

const OK = { ok: true };

/** Commits are all or nothing, and tell what became of them. */
export function commitsContract(store: () => Store): void {
  describe('commits', () => {
    test('rows are written over several collections at once and read back', async () => {
      const [a, b] = [fresh(), fresh()];
      const at = new Date('2026-03-01T00:00:00.000Z');
      const committed = await store().commit({
        puts: [
          textPut('aliases', a, { note: '{"why":1}' }),
          textPut('events', b, { fields: { type: 't', at, rec: 'r' } }),
        ],
      });
      expect(committed).toMatchObject(OK);
      expect(await store().get('aliases', a)).toEqual({
        id: a,
        rev: 1,
        body: `{"id":"${a}"}`,
        note: '{"why":1}',
        fields: {},
      });
      expect(await store().get('events', b)).toEqual({
        id: b,
        rev: 1,
        body: `{"id":"${b}"}`,
        fields: { type: 't', at, rec: 'r' },
      });
    });

    test('a put replaces the whole row and raises its rev', async () => {
      const id = fresh();
      const ranges = { 'birth|date': [[1, 2]] as const };
      await store().commit({
        puts: [textPut('links', id, { note: 'n', keys: [id], fields: { state: 's', ...ranges } })],
      });
      await store().commit({ puts: [{ collection: 'links', id, body: '{}' }] });
      expect(await store().get('links', id)).toEqual({ id, rev: 2, body: '{}', fields: {} });
      expect(await store().count('links', { all: [id] })).toBe(0);
    });

    test('a row that is not there is undefined, in its place', async () => {
      const [a, b] = [fresh(), fresh()];
      await store().commit({ puts: [textPut('aliases', a), textPut('aliases', b)] });
      const rows = await store().getMany('aliases', [b, fresh(), a, b]);
      expect(rows.map((row) => row?.id)).toEqual([b, undefined, a, b]);
      expect(await store().get('aliases', fresh())).toBeUndefined();
      expect(await store().getMany('aliases', [])).toEqual([]);
    });

    test('revs tell whether rows are as they were, in their place', async () => {
      const [a, b, patient] = [fresh(), fresh(), fresh()];
      await store().commit({ puts: [textPut('aliases', a), textPut('aliases', b)] });
      await store().commit({ puts: [textPut('aliases', b), { collection: 'patients', id: patient, body: { a: 1 } }] });
      expect(await store().revs('aliases', [b, fresh(), a, b])).toEqual([2, 0, 1, 2]);
      expect(await store().revs('patients', [patient])).toEqual([1]);
      expect(await store().revs('aliases', [])).toEqual([]);
      await store().commit({ deletes: [{ collection: 'aliases', id: a }] });
      expect(await store().revs('aliases', [a])).toEqual([0]);
    });

    test('many rows are read in one go', async () => {
      const ids = Array.from({ length: 1_200 }, () => fresh());
      await store().commit({ puts: ids.map((id) => textPut('aliases', id)) });
      expect((await store().getMany('aliases', ids)).map((row) => row?.id)).toEqual(ids);
    });

    test('a deleted row is gone with its keys; deleting what is not there is nothing', async () => {
      const id = fresh();
      await store().commit({ puts: [textPut('links', id, { keys: [id], ordered: [id], fields: { span: [[1, 2]] } })] });
      const name = { collection: 'links', id } as const;
      expect(await store().commit({ deletes: [name] })).toMatchObject(OK);
      expect(await store().get('links', id)).toBeUndefined();
      expect(await store().count('links', { all: [id] })).toBe(0);
      expect(await store().count('links', { prefix: [[id]] })).toBe(0);
      expect(await store().commit({ deletes: [name] })).toMatchObject(OK);
    });

    test('an empty change set commits, at the time of the store', async () => {
      const before = await store().now();
      const committed = await store().commit({});
      const after = await store().now();
      expect(committed).toMatchObject({ ok: true, sequences: [] });
      const at = committed.ok ? committed.at.getTime() : Number.NaN;
      expect(at).toBeGreaterThanOrEqual(before.getTime());
      expect(at).toBeLessThanOrEqual(after.getTime());
    });

    test('sequence numbers grow, are told in the order of the puts and stand in the row', async () => {
      const seen: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const [a, b] = [fresh(), fresh()];
        const fields = { channel: 'c', state: 'stored' };
        const committed = await store().commit({
          puts: [
            textPut('journal', a, { fields, sequence: 'seq' }),
            textPut('aliases', a),
            textPut('journal', b, { fields, sequence: 'seq' }),
          ],
        });
        const sequences = committed.ok ? committed.sequences : [];
        const rows = await store().getMany('journal', [a, b]);
        expect(rows.map((row) => row?.fields['seq'])).toEqual(sequences);
        seen.push(...sequences);
      }
      expect(seen).toHaveLength(6);
      expect([...seen].sort((x, y) => x - y)).toEqual(seen);
      expect(new Set(seen).size).toBe(6);
    });

    test('sequence numbers are not given twice under concurrency', async () => {
      const commits = Array.from({ length: 40 }, () =>
        store().commit({ puts: [textPut('journal', fresh(), { sequence: 'seq' })] }),
      );
      const numbers = (await Promise.all(commits)).flatMap((committed) => (committed.ok ? committed.sequences : []));
      expect(new Set(numbers).size).toBe(40);
    });

    const id = fresh();
    const row = { collection: 'links', id } as const;
    const broken: readonly (readonly [string, ChangeSet])[] = [
      ['a row written twice', { puts: [textPut('links', id), textPut('links', id)] }],
      ['a row written and deleted', { puts: [textPut('links', id)], deletes: [row] }],
      ['absence expected of a row that is not put', { expect: [{ ...row, rev: 0 }] }],
      ['an undeclared field', { puts: [textPut('links', id, { fields: { nope: 'x' } })] }],
      ['a field of another kind', { puts: [textPut('links', id, { fields: { state: 7 } })] }],
      ['a body of another kind', { puts: [{ collection: 'messages', id, body: 'text' }] }],
      ['a sequence in an undeclared field', { puts: [textPut('links', id, { sequence: 'seq' })] }],
      ['an empty id', { puts: [textPut('links', '')] }],
      ['a NUL in an id', { puts: [textPut('links', `${id}\u0000`)] }],
    ];
    test.each(broken)('refuses %s as a fault of the program', async (_name, changes) => {
      await expect(store().commit(changes)).rejects.toThrow(JingluoError);
      expect(await store().get('links', id)).toBeUndefined();
    });
  });
}
