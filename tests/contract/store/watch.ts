import { describe, expect, test } from '@jest/globals';
import type { Change, Store } from '../../../src/store/port.ts';
import { fresh, pause, textPut } from './opened.ts';

const collection = 'reviews';

/** Watching tells every change of a collection once, in order, and can be resumed. */
export function watchContract(store: () => Store): void {
  describe('watch', () => {
    const commit = async (...ids: readonly string[]): Promise<void> => {
      for (const id of ids) await store().commit({ puts: [textPut(collection, id)] });
    };

    /** A watch that is known to run: it has seen a first change. */
    async function started(): Promise<AsyncIterator<Change>> {
      const iterator = store().watch(collection)[Symbol.asyncIterator]();
      const first = iterator.next();
      const ticket = Symbol('not yet');
      // Bounded by the time-out of the test.
      while ((await Promise.race([first, pause(10, ticket)])) === ticket) await commit('probe');
      await commit('probe-end');
      for (let change = await first; !ends(change); change = await iterator.next());
      return iterator;
    }

    async function take(iterator: AsyncIterator<Change>, count: number): Promise<Change[]> {
      const changes: Change[] = [];
      while (changes.length < count) {
        const result = await iterator.next();
        if (result.done === true) break;
        changes.push(result.value);
      }
      return changes;
    }

    test('puts, deletes and claims are told in the order of their commits', async () => {
      const iterator = await started();
      const [a, b] = [fresh(), fresh()];
      await commit(a, b, a);
      await store().commit({ puts: [textPut('links', fresh())] });
      await store().commit({ deletes: [{ collection, id: b }] });
      const changes = await take(iterator, 4);
      await iterator.return?.();
      expect(changes).toMatchObject([
        { kind: 'put', collection, id: a },
        { kind: 'put', collection, id: b },
        { kind: 'put', collection, id: a },
        { kind: 'delete', collection, id: b },
      ]);
    });

    test('a watch is resumed behind the change whose token is given', async () => {
      const iterator = await started();
      const [a, b, c] = [fresh(), fresh(), fresh()];
      await commit(a, b, c);
      const [first] = await take(iterator, 1);
      await iterator.return?.();
      const resumed = store().watch(collection, first?.token)[Symbol.asyncIterator]();
      expect((await take(resumed, 2)).map(nameOf)).toEqual([b, c]);
      await resumed.return?.();
    });

    test('a token that cannot be continued leads to a reset, and on from there', async () => {
      const iterator = store().watch(collection, 'of another life')[Symbol.asyncIterator]();
      const [reset] = await take(iterator, 1);
      expect(reset).toMatchObject({ kind: 'reset' });
      const id = fresh();
      await commit(id);
      const following = store().watch(collection, reset?.token)[Symbol.asyncIterator]();
      expect((await take(following, 1)).map(nameOf)).toEqual([id]);
      await iterator.return?.();
      await following.return?.();
    });

    test('a commit that conflicts tells nothing', async () => {
      const iterator = await started();
      const [a, b] = [fresh(), fresh()];
      const expected = [{ collection, id: a, rev: 9 }] as const;
      await store().commit({ puts: [textPut(collection, a)], expect: expected });
      await commit(b);
      expect((await take(iterator, 1)).map(nameOf)).toEqual([b]);
      await iterator.return?.();
    });

    test('ending a watch ends the wait for its next change', async () => {
      const iterator = await started();
      const waiting = iterator.next();
      await iterator.return?.();
      expect(await waiting).toMatchObject({ done: true });
    });
  });
}

function ends({ value }: IteratorResult<Change, Change | undefined>): boolean {
  return nameOf(value) === 'probe-end';
}

function nameOf(change: Change | undefined): string {
  return change === undefined || change.kind === 'reset' ? 'reset' : change.id;
}
