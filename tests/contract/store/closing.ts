import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '../../../src/store/unavailable.ts';
import type { OpenStore, StoreUnderTest } from './opened.ts';
import { fresh, textPut } from './opened.ts';

/** What is left after a close. */
export function closingContract(open: OpenStore): void {
  describe('close', () => {
    let opened: StoreUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    test('what was committed, numbered and timed is there when the store is opened again', async () => {
      let { store } = opened;
      const id = fresh();
      const first = await store.commit({
        puts: [
          textPut('journal', id, { sequence: 'seq', keys: [id], ordered: [id], fields: { span: [[1, 2]] }, note: 'n' }),
          { collection: 'messages', id, body: Uint8Array.from([0, 255]) },
          { collection: 'patients', id, body: { at: new Date(0) } },
        ],
      });
      const row = await store.get('journal', id);
      const before = await store.now();
      store = (await opened.reopen?.()) ?? store;
      expect(await store.get('journal', id)).toEqual(row);
      expect(await store.get('patients', id)).toMatchObject({ rev: 1, body: { at: new Date(0) } });
      expect(await store.count('journal', { all: [id], prefix: [[id]], ranges: [[{ field: 'span', lowGe: 1 }]] })).toBe(
        1,
      );
      expect((await store.now()).getTime()).toBeGreaterThanOrEqual(before.getTime());
      const second = await store.commit({
        puts: [textPut('journal', fresh(), { sequence: 'seq' })],
        expect: [{ collection: 'journal', id, rev: 1 }],
      });
      const numbers = [first, second].flatMap((committed) => (committed.ok ? committed.sequences : []));
      expect(numbers).toHaveLength(2);
      expect(numbers[1]).toBeGreaterThan(numbers[0] ?? Infinity);
    });

    test('commits under way are finished, a watch ends, later calls find the store unavailable', async () => {
      const { store, close } = await open();
      const waiting = store.watch('reviews')[Symbol.asyncIterator]().next();
      const commits = Array.from({ length: 20 }, () => store.commit({ puts: [textPut('links', fresh())] }));
      await store.commit({ puts: [textPut('links', fresh())] });
      const closed = store.close();
      const ends = await Promise.all(commits);
      expect(ends.every(({ ok }) => ok)).toBe(true);
      await closed;
      expect(await waiting).toMatchObject({ done: true });
      await expect(store.get('links', 'x')).rejects.toThrow(StoreUnavailable);
      await expect(store.find('links', {})).rejects.toThrow(StoreUnavailable);
      await expect(store.commit({ puts: [textPut('links', 'x')] })).rejects.toThrow(StoreUnavailable);
      await expect(store.now()).rejects.toThrow(StoreUnavailable);
      await store.close();
      await close();
    });
  });
}
