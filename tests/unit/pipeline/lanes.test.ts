import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Lanes, type LaneItem, type LaneOutcome } from '../../../src/pipeline/lanes.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs items with the given running times (in ticks) and notes starts and ends. */
async function play(items: readonly LaneItem[], width: number, ticks: (id: string) => number) {
  const log: string[] = [];
  const running = new Set<string>();
  let most = 0;
  const lanes = new Lanes(width, async (item): Promise<LaneOutcome> => {
    log.push(`+${item.id}`);
    running.add(item.id);
    most = Math.max(most, running.size);
    for (let i = 0; i < ticks(item.id); i += 1) await tick();
    running.delete(item.id);
    log.push(`-${item.id}`);
    return 'done';
  });
  for (const item of items) lanes.add(item);
  await lanes.idle();
  return { log, most, left: lanes.size };
}

describe('lanes', () => {
  test('a message starts only after every earlier one that shares a patient number has ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.constantFrom('P1', 'P2', 'P3', 'P4'), { maxLength: 3 }), { maxLength: 25 }),
        fc.array(fc.nat(4), { minLength: 25, maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        async (keys, times, width) => {
          const items = keys.map((lanes, seq) => ({ id: String(seq), seq, lanes }));
          const { log, most, left } = await play(items, width, (id) => times[Number(id)] ?? 0);
          const shares = (a: readonly string[], b: readonly string[]): boolean =>
            (a.length === 0 && b.length === 0) || a.some((key) => b.includes(key));
          const wrong = items.flatMap((later) =>
            items
              .filter((earlier) => earlier.seq < later.seq && shares(earlier.lanes, later.lanes))
              .filter((earlier) => log.indexOf(`-${earlier.id}`) > log.indexOf(`+${later.id}`)),
          );
          expect({ wrong, left, ran: log.length }).toEqual({ wrong: [], left: 0, ran: 2 * items.length });
          expect(most).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('messages of different patients run side by side', async () => {
    const items = ['P1', 'P2', 'P3'].map((lane, seq) => ({ id: lane, seq, lanes: [lane] }));
    const { most } = await play(items, 8, () => 3);
    expect(most).toBe(3);
  });

  test('what shares a patient with a stopped message waits until it is released, others go on', async () => {
    const ended: string[] = [];
    const lanes = new Lanes(4, (item) => {
      ended.push(item.id);
      return Promise.resolve(item.id === 'bad' ? 'stop' : 'done');
    });
    lanes.add({ id: 'bad', seq: 1, lanes: ['P1'] });
    lanes.add({ id: 'behind', seq: 2, lanes: ['P1', 'P2'] });
    lanes.add({ id: 'other', seq: 3, lanes: ['P3'] });
    await tick();
    const before = [...ended];
    lanes.release('bad');
    await tick();
    expect({ before, after: ended }).toEqual({ before: ['bad', 'other'], after: ['bad', 'other', 'behind'] });
  });

  test('a blocked message never runs and holds its lanes', async () => {
    const ended: string[] = [];
    const lanes = new Lanes(4, (item) => {
      ended.push(item.id);
      return Promise.resolve('done');
    });
    lanes.block({ id: 'failed-before', seq: 1, lanes: ['P1'] });
    lanes.add({ id: 'behind', seq: 2, lanes: ['P1'] });
    await tick();
    expect({ ended, blocked: lanes.blockedKeys() }).toEqual({ ended: [], blocked: ['P1'] });
  });

  test('nothing new starts while paused', async () => {
    const ended: string[] = [];
    const lanes = new Lanes(4, (item) => {
      ended.push(item.id);
      return Promise.resolve('done');
    });
    lanes.pause();
    lanes.add({ id: 'one', seq: 1, lanes: ['P1'] });
    await tick();
    expect(ended).toEqual([]);
    lanes.resume();
    await tick();
    expect(ended).toEqual(['one']);
  });
});
