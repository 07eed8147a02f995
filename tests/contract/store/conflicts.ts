import { describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/store/port.ts';
import { fresh, textPut } from './opened.ts';

/** Expectations are the only concurrency control there is. */
export function conflictsContract(store: () => Store): void {
  describe('expectations', () => {
    const write = async (id: string): Promise<void> => {
      await store().commit({ puts: [textPut('links', id)] });
    };

    test('a met expectation lets the commit through', async () => {
      const [a, b] = [fresh(), fresh()];
      await write(a);
      const committed = await store().commit({
        puts: [textPut('links', a, { body: '{"v":2}' }), textPut('links', b)],
        expect: [
          { collection: 'links', id: a, rev: 1 },
          { collection: 'links', id: b, rev: 0 },
        ],
      });
      expect(committed.ok).toBe(true);
      expect(await store().get('links', a)).toMatchObject({ rev: 2, body: '{"v":2}' });
    });

    test('a conflict names the row and leaves nothing behind, in any collection', async () => {
      const [a, b, c] = [fresh(), fresh(), fresh()];
      await write(a);
      await write(b);
      const result = await store().commit({
        puts: [textPut('aliases', c, { keys: [c] }), textPut('links', a, { body: '{"v":2}' })],
        deletes: [{ collection: 'links', id: b }],
        expect: [{ collection: 'links', id: a, rev: 7 }],
      });
      expect(result).toEqual({ ok: false, conflict: { collection: 'links', id: a } });
      expect(await store().get('aliases', c)).toBeUndefined();
      expect(await store().count('aliases', { all: [c] })).toBe(0);
      expect(await store().get('links', a)).toMatchObject({ rev: 1 });
      expect(await store().get('links', b)).toMatchObject({ rev: 1 });
    });

    test('a row that was to be absent but is there is a conflict', async () => {
      const id = fresh();
      await write(id);
      const result = await store().commit({
        puts: [textPut('links', id, { body: '{"v":2}' })],
        expect: [{ collection: 'links', id, rev: 0 }],
      });
      expect(result).toEqual({ ok: false, conflict: { collection: 'links', id } });
      expect(await store().get('links', id)).toMatchObject({ rev: 1 });
    });

    test('a row that was to be there but is gone is a conflict', async () => {
      const id = fresh();
      const expected = [{ collection: 'links', id, rev: 1 }] as const;
      expect(await store().commit({ puts: [textPut('aliases', id)], expect: expected })).toMatchObject({ ok: false });
      expect(await store().commit({ puts: [textPut('links', id)], expect: expected })).toMatchObject({ ok: false });
      expect(await store().commit({ deletes: [expected[0]], expect: expected })).toMatchObject({ ok: false });
      expect(await store().get('links', id)).toBeUndefined();
      expect(await store().get('aliases', id)).toBeUndefined();
    });

    test('a delete may rest on a rev', async () => {
      const id = fresh();
      await write(id);
      const remove = (rev: number) =>
        store().commit({ deletes: [{ collection: 'links', id }], expect: [{ collection: 'links', id, rev }] });
      expect(await remove(2)).toMatchObject({ ok: false });
      expect(await remove(1)).toMatchObject({ ok: true });
      expect(await store().get('links', id)).toBeUndefined();
    });

    test('an expectation alone does not raise the rev that readers see as changed content', async () => {
      const [a, b] = [fresh(), fresh()];
      await write(a);
      const expected = { collection: 'links', id: a, rev: 1 } as const;
      expect(await store().commit({ puts: [textPut('links', b)], expect: [expected] })).toMatchObject({ ok: true });
      expect(await store().get('links', a)).toMatchObject({ rev: 1, body: `{"id":"${a}"}` });
    });

    test('of writers that race on one row exactly one wins', async () => {
      const id = fresh();
      await write(id);
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, writer) =>
          store().commit({
            puts: [textPut('links', id, { body: `{"writer":${writer}}` })],
            expect: [{ collection: 'links', id, rev: 1 }],
          }),
        ),
      );
      const winners = results.flatMap((result, writer) => (result.ok ? [writer] : []));
      expect(winners).toHaveLength(1);
      expect(await store().get('links', id)).toMatchObject({ rev: 2, body: `{"writer":${String(winners[0])}}` });
    });

    test('of writers that race to create a row exactly one wins', async () => {
      const id = fresh();
      const results = await Promise.all(
        Array.from({ length: 12 }, () =>
          store().commit({ puts: [textPut('links', id)], expect: [{ collection: 'links', id, rev: 0 }] }),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await store().get('links', id)).toMatchObject({ rev: 1 });
    });

    test('write skew: two decisions that read both rows and write one each do not both commit', async () => {
      for (let round = 0; round < 8; round += 1) {
        const [a, b] = [fresh(), fresh()];
        await store().commit({ puts: [textPut('links', a), textPut('links', b)] });
        const expected = [a, b].map((id) => ({ collection: 'links' as const, id, rev: 1 }));
        const results = await Promise.all(
          [a, b].map((id) => store().commit({ puts: [textPut('links', id, { body: '{}' })], expect: expected })),
        );
        expect(results.filter(({ ok }) => ok).length).toBeLessThanOrEqual(1);
      }
    });

    test('increments by read, decide, commit, again on conflict, lose nothing', async () => {
      const id = fresh();
      await store().commit({ puts: [textPut('ledgers', id, { body: '0' })] });
      const increment = async (): Promise<void> => {
        for (;;) {
          const row = await store().get('ledgers', id);
          const body = String(Number(row?.body) + 1);
          const expected = { collection: 'ledgers', id, rev: row?.rev ?? 0 } as const;
          const result = await store().commit({ puts: [textPut('ledgers', id, { body })], expect: [expected] });
          if (result.ok) return;
        }
      };
      await Promise.all(Array.from({ length: 10 }, increment));
      expect(await store().get('ledgers', id)).toMatchObject({ body: '10', rev: 11 });
    });

    test('a reader never sees half of a commit', async () => {
      const [a, b] = [fresh(), fresh()];
      const both = (version: number) => ({
        puts: [a, b].map((id) => textPut('links', id, { body: String(version), keys: [a] })),
      });
      await store().commit(both(0));
      let done = false;
      const reader = async (): Promise<void> => {
        while (!done) {
          const { rows } = await store().find('links', { all: [a] });
          expect(new Set(rows.map(({ body }) => body)).size).toBe(1);
          expect(rows).toHaveLength(2);
        }
      };
      const reading = Promise.all([reader(), reader()]);
      for (let version = 1; version <= 20; version += 1) await store().commit(both(version));
      done = true;
      await reading;
    });
  });
}
