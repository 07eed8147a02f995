import { describe, expect, test } from '@jest/globals';

import { journalPut, readJournal } from '../../../src/pipeline/journal.ts';
import type { ChangeSet, Committed, Conflict, Store } from '../../../src/store/port.ts';
import { adt, codeOf, Node, until } from './node.ts';

/** Without a grace nothing ends in order and the lease is not given back, as when the process is killed. */
const kill = (node: Node): Promise<void> => node.queue.stop(0);

/** Messages that were stored by a process that was killed then, its lease still held. */
async function killed(messages: readonly string[]): Promise<Store> {
  const node = new Node({ node: 'dead' });
  await node.queue.start();
  await node.ask(adt('SLOW', 'SLOW1'));
  for (const text of messages) await node.ask(text);
  await until(() => node.ran.length > 0);
  await kill(node);
  return node.store;
}

const states = (store: Store): Promise<readonly string[]> => new Node({ store }).states();

describe('after an unclean stop', () => {
  test('everything stored is processed, in order', async () => {
    const store = await killed([adt('M1', 'SLOW1'), adt('M2', 'SLOW1')]);
    const node = new Node({ store, node: 'B' });
    node.goOn();
    await node.queue.start();
    await node.queue.idle();
    expect(node.ran).toEqual(['SLOW', 'M1', 'M2']);
    expect(await states(store)).toEqual(['SLOW done', 'M1 done', 'M2 done']);
    await node.queue.stop(100);
  });

  test('the message that stops the engine three times is poison; the others are done', async () => {
    const store = await killed([]);
    for (const life of ['B', 'C']) {
      const node = new Node({ store, node: life });
      await node.queue.start();
      await until(() => node.ran.length > 0);
      // Meanwhile others are taken in, and wait.
      expect(codeOf((await node.ask(adt(`M${life}`, `P${life}`))).answers[0])).toBe('AA');
      await kill(node);
    }
    const last = new Node({ store, node: 'D' });
    await last.queue.start();
    await last.queue.idle();
    expect(await states(store)).toEqual(['SLOW failed', 'MB done', 'MC done']);
    const [poison] = await last.entries();
    expect(poison).toMatchObject({ crashes: 3, problems: [{ code: 'pipeline.poison' }] });
    expect(last.ran).toEqual(['MB', 'MC']);
    // A sender that repeats it may not stop the engine again.
    expect(codeOf((await last.ask(adt('SLOW', 'SLOW1'))).answers[0])).toBe('AE pipeline.poison');
    expect(last.ran).toEqual(['MB', 'MC']);
    await last.queue.stop(100);
  });

  test('what the killed process still locks is waited for, not passed over', async () => {
    const store = await killed([adt('M1', 'SLOW1')]);
    let locked = 3;
    const commit = store.commit.bind(store);
    store.commit = (changes: ChangeSet): Promise<Committed | Conflict> => {
      const [row] = changes.expect ?? [];
      if (row?.collection !== 'journal' || locked === 0) return commit(changes);
      locked -= 1;
      return Promise.resolve({ ok: false, conflict: row });
    };
    const node = new Node({ store, node: 'B' });
    node.goOn();
    await node.queue.start();
    await until(() => node.ran.length === 2);
    expect(node.ran).toEqual(['SLOW', 'M1']);
    await node.queue.stop(100);
  });

  test('a clean stop counts nothing', async () => {
    const first = new Node();
    await first.ask(adt('M1', 'P1'));
    await first.queue.start();
    await first.queue.stop(1_000);
    const second = new Node({ store: first.store, node: 'B' });
    await second.ask(adt('M2', 'SLOW1'));
    await second.queue.start();
    await until(() => second.ran.includes('M2'));
    expect((await second.entries()).map(({ crashes }) => crashes)).toEqual([0, 0]);
    second.goOn();
    await second.queue.idle();
    await second.queue.stop(100);
  });
});

describe('stop-lane', () => {
  const stopLane = { channel: { onFailure: 'stop-lane' as const } };

  test('what follows of the same patient waits over a restart; others go on; a re-send goes first', async () => {
    const first = new Node(stopLane);
    await first.queue.start();
    for (const [control, number] of [
      ['M1', 'FAIL1'],
      ['M2', 'FAIL1'],
      ['M3', 'P3'],
    ] as const)
      await first.ask(adt(control, number));
    await first.queue.idle();
    expect(await first.states()).toEqual(['M1 failed', 'M2 stored', 'M3 done']);
    await first.queue.stop(1_000);

    const second = new Node({ ...stopLane, store: first.store, node: 'B' });
    second.mended = true;
    await second.queue.start();
    await second.ask(adt('M4', 'P4'));
    await second.queue.idle();
    expect(await second.states()).toEqual(['M1 failed', 'M2 stored', 'M3 done', 'M4 done']);
    await second.ask(adt('M1', 'FAIL1'));
    await second.queue.idle();
    expect(await second.states()).toEqual(['M1 done', 'M2 done', 'M3 done', 'M4 done']);
    expect(second.ran).toEqual(['M4', 'M1', 'M2']);
    await second.queue.stop(100);
  });

  test('a held message stops its lane too, until it is released', async () => {
    const node = new Node(stopLane);
    await node.queue.start();
    await node.ask(adt('M1', 'HELD1'));
    await node.ask(adt('M2', 'HELD1'));
    await node.queue.idle();
    expect(await node.states()).toEqual(['M1 held', 'M2 stored']);
    node.mended = true;
    const page = await node.store.find('journal', { where: [{ field: 'state', op: 'eq', value: 'held' }] });
    for (const { id } of page.rows) node.queue.release(id);
    await node.queue.idle();
    expect(await node.states()).toEqual(['M1 held', 'M2 done']);
    await node.queue.stop(100);
  });

  test('what was refused at the door stops nobody', async () => {
    const node = new Node(stopLane);
    await node.ask(adt('M1', 'P1', { 9: 'ADT^Z99' }));
    await node.ask(adt('M2', 'P1'));
    await node.queue.start();
    await node.queue.idle();
    expect(await node.states()).toEqual(['M1 failed', 'M2 done']);
    await node.queue.stop(100);
  });
});

describe('two nodes on one store', () => {
  test('both take messages in, one processes; the other takes over when it is gone', async () => {
    const limits = { leaseMs: 150 };
    const a = new Node({ sole: false, limits, node: 'A' });
    const b = new Node({ sole: false, limits, node: 'B', store: a.store, channel: { ack: 'processed' } });
    await a.queue.start();
    await b.queue.start();
    expect(codeOf((await b.ask(adt('M1', 'P1'))).answers[0])).toBe('AA');
    expect([a.ran, b.ran]).toEqual([['M1'], []]);
    await a.queue.stop(100);
    expect(codeOf((await b.ask(adt('M2', 'P1'))).answers[0])).toBe('AA');
    expect([a.ran, b.ran]).toEqual([['M1'], ['M2']]);
    await b.queue.stop(100);
  });
});

describe('back-pressure', () => {
  test.each([1, 20])('with a backlog of %i intake pauses, and goes on when there is room', async (backlog) => {
    const node = new Node({ limits: { backlog, width: 4, inMemory: 8 } });
    await node.queue.start();
    let mayRead = 0;
    for (let n = 0; n < 3 * backlog; n += 1) {
      const { got, read } = node.send(adt(`M${n}`, 'SLOW1'));
      void read.then(() => (mayRead += 1));
      await until(() => got.answers.length > 0);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(mayRead).toBeLessThanOrEqual(backlog);
    node.goOn();
    await until(() => mayRead === 3 * backlog);
    await node.queue.idle();
    expect(mayRead).toBe(3 * backlog);
    expect(node.ran).toEqual(Array.from({ length: 3 * backlog }, (_, n) => `M${n}`));
    await node.queue.stop(100);
  });

  test('more than fits in memory is worked off in order', async () => {
    const node = new Node({ limits: { inMemory: 10, width: 3 } });
    const controls = Array.from({ length: 100 }, (_, n) => `M${n}`);
    for (const control of controls) await node.ask(adt(control, 'P1'));
    await node.queue.start();
    await node.queue.idle();
    expect(node.ran).toEqual(controls);
    await node.queue.stop(100);
  });
});

test('a message that was put back to stored behind the queue is found at the next start', async () => {
  const node = new Node();
  await node.queue.start();
  await node.ask(adt('M1', 'FAIL1'));
  await node.queue.idle();
  await node.queue.stop(100);
  const [row] = (await node.store.find('journal', {})).rows;
  if (row === undefined) throw new TypeError('no row');
  const { id, seq, entry } = readJournal(row);
  await node.store.commit({ puts: [journalPut(id, { ...entry, state: 'stored' }, seq)] });
  const next = new Node({ store: node.store });
  next.mended = true;
  await next.queue.start();
  await next.queue.idle();
  expect(await next.states()).toEqual(['M1 done']);
  await next.queue.stop(100);
});
