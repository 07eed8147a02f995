import { afterEach, describe, expect, test } from '@jest/globals';

import type { ChannelSettings } from '../../../src/core/channel-settings.ts';
import { silentLog } from '../../../src/core/log.ts';
import { noMetrics } from '../../../src/core/metrics.ts';
import { ok } from '../../../src/core/result.ts';
import { ChannelQueue, QUEUE_LIMITS } from '../../../src/pipeline/channel-queue.ts';
import type { Interpreter } from '../../../src/pipeline/interpreter.ts';
import { journalPut, readJournal, type JournalEntry } from '../../../src/pipeline/journal.ts';
import { Processor } from '../../../src/pipeline/process.ts';
import { openMemoryStore } from '../../../src/store/builtins.ts';
import type { Store } from '../../../src/store/port.ts';

const CHANNEL: ChannelSettings = {
  name: 'his',
  source: 'HIS',
  ack: 'stored',
  ackTimeoutMs: 1_000,
  zone: 'Asia/Shanghai',
  ids: {},
  snapshots: [],
  backfill: false,
  onFailure: 'continue',
};
const LEASE_MS = 400;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One node of several over a store: its queue, and what it has processed, in order. */
class TestNode {
  readonly queue: ChannelQueue;
  readonly #store: Store;

  constructor(name: string, store: Store, processed: string[], leaseMs = LEASE_MS) {
    this.#store = store;
    const interpreter: Interpreter = {
      contentType: 'text/plain',
      interpret: ({ id }) => {
        processed.push(id);
        const nothing = { patches: [], directives: [], snapshots: [], unmapped: [], warnings: [] };
        return ok({ at: new Date(), mappingVersion: '1', ...nothing });
      },
    };
    const processor = new Processor({
      store,
      record: {
        apply: () => Promise.resolve(ok({ changes: [], events: [], persons: [], warnings: [] })),
        again: () => Promise.resolve(undefined),
      },
      followUp: { react: () => Promise.resolve(undefined) },
      interpreters: new Map([[interpreter.contentType, interpreter]]),
      channel: () => CHANNEL,
      wake: () => undefined,
      log: silentLog,
      metrics: noMetrics,
      sleep,
    });
    const limits = { ...QUEUE_LIMITS, leaseMs, pollMs: 50 };
    const deps = { store, processor, log: silentLog, metrics: noMetrics, node: name, sole: false, limits };
    this.queue = new ChannelQueue(deps, 'his', false);
  }

  /** Takes a message in as intake does: durable first, then to the lanes. */
  async take(id: string, lanes: readonly string[] = ['patient']): Promise<void> {
    const bytes = Buffer.from(id);
    const committed = await this.#store.commit({
      puts: [{ collection: 'messages', id, body: bytes }, journalPut(id, entryOf(id, lanes), 'new')],
    });
    this.queue.offer({ id, seq: committed.ok ? (committed.sequences[0] ?? 0) : 0, lanes }, { bytes });
  }
}

const entryOf = (id: string, lanes: readonly string[]): JournalEntry => ({
  state: 'stored',
  channel: 'his',
  source: 'HIS',
  contentType: 'text/plain',
  receivedAt: new Date().toISOString(),
  peer: '',
  lanes,
  accepted: true,
  crashes: 0,
  replays: 0,
  problems: [],
  warnings: [],
  unmapped: [],
  control: id,
});

async function untilDone(store: Store, ids: readonly string[]): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 10) {
    const rows = await store.getMany('journal', ids);
    if (rows.every((row) => row !== undefined && readJournal(row).entry.state === 'done')) return;
    await sleep(10);
  }
}

describe('two nodes over one store', () => {
  const nodes: TestNode[] = [];

  afterEach(async () => {
    for (const { queue } of nodes.splice(0)) await queue.stop(1_000);
  });

  function node(name: string, store: Store, processed: string[], leaseMs?: number): TestNode {
    const made = new TestNode(name, store, processed, leaseMs);
    nodes.push(made);
    return made;
  }

  test('what the other node took in earlier for the same patient is processed earlier', async () => {
    const store = openMemoryStore();
    const processed: string[] = [];
    const [first, second] = [node('first', store, processed), node('second', store, processed)];
    await first.queue.start();
    await second.queue.start();
    await first.queue.idle();
    const ids = Array.from({ length: 40 }, (_unused, index) => `m${String(index).padStart(2, '0')}`);
    for (const [index, id] of ids.entries()) await (index % 2 === 0 ? second : first).take(id);
    await untilDone(store, ids);
    expect(processed).toEqual(ids);
  });

  test('the lease of a node that died runs out; the other one then does what was left, in order and once', async () => {
    const store = openMemoryStore();
    const processed: string[] = [];
    const until = new Date(Date.now() + LEASE_MS);
    const body = JSON.stringify({ owner: 'dead', released: false });
    await store.commit({ puts: [{ collection: 'leases', id: 'channel|his', body, fields: { owner: 'dead', until } }] });
    const second = node('second', store, processed);
    await second.queue.start();
    for (const id of ['m1', 'm2', 'm3']) await second.take(id);
    await sleep(LEASE_MS / 4);
    expect(processed).toEqual([]);
    await untilDone(store, ['m1', 'm2', 'm3']);
    expect(processed).toEqual(['m1', 'm2', 'm3']);
  });

  test('a node that stops in order hands over without waiting for its lease', async () => {
    const store = openMemoryStore();
    const processed: string[] = [];
    const [first, second] = [node('first', store, processed, 600_000), node('second', store, processed)];
    await first.queue.start();
    await second.queue.start();
    await first.queue.idle();
    await first.queue.stop(1_000);
    await second.take('m1');
    await untilDone(store, ['m1']);
    expect(processed).toEqual(['m1']);
  });
});
