import { describe, expect, test } from '@jest/globals';
import type { Put, Row, Store } from '../../../src/store/port.ts';
import { fresh, pause, textPut } from './opened.ts';

/** Claims lease what is due to one owner for a time. Each test takes a collection of its own: claims see all of it. */
export function claimsContract(store: () => Store): void {
  describe('claims', () => {
    const due = (ms: number): Date => new Date(Date.UTC(2020, 0, 1) + ms);
    const put = (collection: Put['collection'], id: string, more: Partial<Put> = {}): Put =>
      textPut(collection, id, { ...more, fields: { dueAt: due(0), ...more.fields } });
    const empty = async (collection: Put['collection']): Promise<void> => {
      const { rows } = await store().find(collection, { limit: 10_000 });
      await store().commit({ deletes: rows.map(({ id }) => ({ collection, id })) });
    };
    const ids = (rows: readonly Row[]): string[] => rows.map(({ id }) => id);

    test('the oldest due rows are claimed, up to the limit; what is not due stays', async () => {
      const collection = 'occurrences';
      await empty(collection);
      const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
      await store().commit({
        puts: [
          put(collection, a, { fields: { dueAt: due(30) } }),
          put(collection, b, { fields: { dueAt: due(10), rec: 'r', state: 's' }, keys: [b] }),
          put(collection, c, { fields: { dueAt: due(20) } }),
          put(collection, d, { fields: { dueAt: due(31) } }),
          textPut(collection, fresh()),
        ],
      });
      const before = await store().now();
      const first = await store().claim(collection, due(30), 'n1', 60_000, 2);
      const after = await store().now();
      expect(ids(first)).toEqual([b, c]);
      expect(first[0]).toMatchObject({ rev: 2, fields: { dueAt: due(10), rec: 'r', state: 's', leaseOwner: 'n1' } });
      const until = Number(first[0]?.fields['leaseUntil']);
      expect(until).toBeGreaterThanOrEqual(before.getTime() + 60_000);
      expect(until).toBeLessThanOrEqual(after.getTime() + 60_000);
      expect(await store().get(collection, b)).toEqual(first[0]);
      expect(await store().count(collection, { all: [b] })).toBe(1);
      expect(ids(await store().claim(collection, due(30), 'n2', 60_000, 10))).toEqual([a]);
      expect(await store().claim(collection, due(30), 'n3', 60_000, 10)).toEqual([]);
    });

    test('a lease ends with its time, or with a put that leaves it out', async () => {
      const collection = 'attempts';
      await empty(collection);
      const [a, b] = [fresh(), fresh()];
      await store().commit({ puts: [put(collection, a), put(collection, b)] });
      expect(await store().claim(collection, due(0), 'n1', 300, 10)).toHaveLength(2);
      expect(await store().claim(collection, due(0), 'n2', 300, 10)).toEqual([]);
      await store().commit({ puts: [put(collection, a)] });
      expect(ids(await store().claim(collection, due(0), 'n2', 60_000, 10))).toEqual([a]);
      await pause(350);
      const [row] = await store().claim(collection, due(0), 'n3', 60_000, 10);
      expect(row).toMatchObject({ id: b, rev: 3, fields: { leaseOwner: 'n3' } });
    });

    test('a claim makes a decision on the row before it a conflict', async () => {
      const collection = 'outbound';
      await empty(collection);
      const id = fresh();
      await store().commit({ puts: [put(collection, id)] });
      await store().claim(collection, due(0), 'n1', 60_000, 1);
      const decide = (rev: number) =>
        store().commit({ puts: [put(collection, id)], expect: [{ collection, id, rev }] });
      expect(await decide(1)).toMatchObject({ ok: false });
      expect(await decide(2)).toMatchObject({ ok: true });
    });

    test('no row is claimed twice, however many claim at once', async () => {
      const collection = 'outbound';
      await empty(collection);
      const puts = Array.from({ length: 40 }, (_, index) =>
        put(collection, fresh(), { fields: { dueAt: due(index) } }),
      );
      await store().commit({ puts });
      const claims = await Promise.all(
        Array.from({ length: 12 }, (_, owner) => store().claim(collection, due(100), `n${owner}`, 60_000, 5)),
      );
      const claimed = claims.flatMap(ids);
      expect(new Set(claimed).size).toBe(claimed.length);
      const rest: string[] = [];
      for (let rows = claims.flat(); rows.length > 0;) {
        rows = [...(await store().claim(collection, due(100), 'rest', 60_000, 7))];
        rest.push(...ids(rows));
      }
      expect([...claimed, ...rest].sort()).toEqual(puts.map(({ id }) => id).sort());
    });
  });
}
