import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import { problem } from '../core/problem.ts';
import type { Store } from '../store/port.ts';
import { journalPut, readJournal, type JournalRow, type MessageState } from './journal.ts';
import { Lanes, type LaneItem } from './lanes.ts';
import { Lease } from './lease.ts';
import type { Processed, Processor } from './process.ts';

/** How much a queue takes on. */
export interface QueueLimits {
  /** Messages side by side. */
  readonly width: number;
  /** Stored messages above which intake stops reading. */
  readonly backlog: number;
  /** Messages held in memory; the rest waits in the store. */
  readonly inMemory: number;
  readonly leaseMs: number;
  /** How often the store is asked for messages that other nodes took in. */
  readonly pollMs: number;
}

/** Defaults that fit one node on two cores. */
export const QUEUE_LIMITS: QueueLimits = {
  width: 16,
  backlog: 10_000,
  inMemory: 2_000,
  leaseMs: 15_000,
  pollMs: 1_000,
};

/** What a queue needs. */
export interface QueueDeps {
  readonly store: Store;
  readonly processor: Processor;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Name of this node in leases. */
  readonly node: string;
  /** True where this process alone can use the store. */
  readonly sole: boolean;
  readonly limits: QueueLimits;
}

/** Unclean stops after which a message that was running is not tried again. */
const CRASHES_TO_POISON = 3;
const BYTES_IN_MEMORY = 32 * 1024 * 1024;

/** The queue of one channel: leased to one node, which runs its lanes in memory. */
export class ChannelQueue {
  readonly #deps: QueueDeps;
  readonly #channel: string;
  readonly #stopLane: boolean;
  readonly #lanes: Lanes;
  readonly #lease: Lease;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #waiters = new Map<string, ((processed: Processed) => void)[]>();
  readonly #room: (() => void)[] = [];
  #bytesHeld = 0;
  /** Stored messages may be waiting that are not in memory; then only `#fill` adds to the lanes. */
  #behind = true;
  #filling = false;
  #refill = false;
  #leased = false;
  #stopping = false;
  #stored = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: QueueDeps, channel: string, stopLane: boolean) {
    this.#deps = deps;
    this.#channel = channel;
    this.#stopLane = stopLane;
    this.#lanes = new Lanes(deps.limits.width, (item) => this.#run(item));
    this.#lease = new Lease(deps.store, `channel|${channel}`, deps.node, deps.limits.leaseMs);
  }

  /** Messages in memory that wait or run. */
  get depth(): number {
    return Math.max(this.#lanes.size, this.#stored);
  }

  /** Starts to compete for the lease and, holding it, to run. */
  async start(): Promise<void> {
    await this.#tick();
    this.#timer = setInterval(() => void this.#tick(), this.#deps.limits.pollMs);
    this.#timer.unref();
  }

  /** Lets what runs finish (at most `graceMs`) and gives the lease back. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    this.#lanes.pause();
    for (const resolve of this.#room.splice(0)) resolve();
    let late: NodeJS.Timeout | undefined;
    const grace = new Promise<'late'>((resolve) => {
      late = setTimeout(() => {
        resolve('late');
      }, graceMs);
    });
    const ended = await Promise.race([this.#lanes.idle().then(() => 'idle' as const), grace]);
    clearTimeout(late);
    if (this.#leased && ended === 'idle') await this.#lease.release();
  }

  /** A message that this node has just stored, with its bytes where they are at hand. `done` is called once it has been processed here. */
  offer(item: LaneItem, bytes: Uint8Array | undefined, done?: (processed: Processed) => void): void {
    if (done !== undefined) this.#waiters.set(item.id, [...(this.#waiters.get(item.id) ?? []), done]);
    this.#stored += 1;
    if (!this.#leased || this.#stopping) return;
    if (this.#behind || this.#lanes.size >= this.#deps.limits.inMemory) {
      this.#behind = true;
      this.fill();
      return;
    }
    if (bytes !== undefined && this.#bytesHeld + bytes.length <= BYTES_IN_MEMORY) {
      this.#bytes.set(item.id, bytes);
      this.#bytesHeld += bytes.length;
    }
    this.#lanes.add(item);
  }

  /** Resolves when the backlog is below its limit: back-pressure for intake. */
  async room(): Promise<void> {
    while (this.depth >= this.#deps.limits.backlog && !this.#stopping) {
      this.#deps.metrics.count('jingluo_intake_paused_total', { channel: this.#channel });
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
  }

  /** Resolves when every message that was stored so far has been processed here. */
  async idle(): Promise<void> {
    while (this.#behind || this.#lanes.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Looks for stored messages that are not in memory. */
  fill(): void {
    this.#refill = true;
    if (this.#filling) return;
    this.#filling = true;
    void this.#fillUntilDone().finally(() => {
      this.#filling = false;
    });
  }

  /** Lets the messages behind a failed one of a `stop-lane` channel go on. */
  release(id: string): void {
    this.#lanes.release(id);
  }

  async #tick(): Promise<void> {
    try {
      if (this.#stopping) return;
      if (this.#leased) {
        this.#leased = await this.#lease.renew();
        if (!this.#leased) {
          this.#lanes.pause();
          this.#deps.log.warn('channel.lease-lost', { channel: this.#channel });
        } else if (!this.#deps.sole || this.#behind) this.fill();
      } else await this.#takeOver();
    } catch (error) {
      this.#deps.log.warn('channel.lease-failed', {
        channel: this.#channel,
        fault: error instanceof Error ? error.name : '',
      });
    }
  }

  async #takeOver(): Promise<void> {
    const taken = await this.#lease.take(this.#deps.sole);
    if (taken === undefined) return;
    this.#leased = true;
    this.#behind = true;
    if (this.#stopLane) await this.#blockStopped();
    if (taken.unclean) await this.#runSuspects();
    this.#lanes.resume();
    this.fill();
  }

  async #fillUntilDone(): Promise<void> {
    while (this.#refill && !this.#stopping && this.#leased) {
      this.#refill = false;
      const rows = await this.#read('stored', this.#lanes.size + this.#deps.limits.inMemory);
      this.#stored = rows.length;
      const more = rows.length >= this.#lanes.size + this.#deps.limits.inMemory;
      if (!more) this.#behind = false;
      for (const row of rows) {
        if (this.#lanes.size < this.#deps.limits.inMemory)
          this.#lanes.add({ id: row.id, seq: row.seq, lanes: row.entry.lanes });
        else this.#behind = true;
      }
    }
  }

  async #read(state: MessageState, limit: number): Promise<readonly JournalRow[]> {
    const page = await this.#deps.store.find('journal', {
      where: [
        { field: 'channel', op: 'eq', value: this.#channel },
        { field: 'state', op: 'eq', value: state },
      ],
      order: [{ field: 'seq' }],
      limit: Math.min(limit, 10_000),
    });
    return page.rows.map(readJournal);
  }

  /** What failed earlier keeps its lanes stopped over a restart, until a person releases it. */
  async #blockStopped(): Promise<void> {
    const stopped = [...(await this.#read('failed', 10_000)), ...(await this.#read('held', 10_000))];
    for (const { id, seq, entry } of stopped) {
      if (entry.released !== true) this.#lanes.block({ id, seq, lanes: entry.lanes });
    }
  }

  /**
   * After an unclean stop: one at a time, each counted before it runs, so that the one that kills us is found. What
   * waits behind a stopped message is left to the lanes.
   */
  async #runSuspects(): Promise<void> {
    const stopped = new Set(this.#lanes.blockedKeys());
    const suspects = await this.#read('stored', 10_000);
    this.#stored = suspects.length;
    for (const row of suspects) {
      if (this.#stopping) return;
      if (!row.entry.lanes.some((lane) => stopped.has(lane))) await this.#runSuspect(row);
    }
  }

  async #runSuspect(row: JournalRow): Promise<void> {
    const crashes = row.entry.crashes + 1;
    const poison = crashes >= CRASHES_TO_POISON;
    const fault = problem(
      'pipeline.poison',
      `The engine stopped ${CRASHES_TO_POISON} times while it processed this message.`,
    );
    const entry = poison
      ? { ...row.entry, crashes, state: 'failed' as const, problems: [fault] }
      : { ...row.entry, crashes };
    const committed = await this.#deps.store.commit({
      puts: [journalPut(row.id, entry, row.seq)],
      expect: [{ collection: 'journal', id: row.id, rev: row.rev }],
    });
    if (!committed.ok) return;
    if (poison) this.#deps.log.error('message.poison', { channel: this.#channel, message: row.id });
    else this.#finish(row.id, await this.#deps.processor.process(row.id));
  }

  async #run(item: LaneItem): Promise<'done' | 'stop'> {
    const bytes = this.#bytes.get(item.id);
    const processed = await this.#deps.processor.process(item.id, bytes);
    if (bytes !== undefined && this.#bytes.delete(item.id)) this.#bytesHeld -= bytes.length;
    this.#finish(item.id, processed);
    return this.#stopLane && processed.state !== 'done' ? 'stop' : 'done';
  }

  #finish(id: string, processed: Processed): void {
    this.#stored = Math.max(0, this.#stored - 1);
    for (const done of this.#waiters.get(id) ?? []) done(processed);
    this.#waiters.delete(id);
    if (this.#behind && this.#lanes.size < this.#deps.limits.inMemory / 2) this.fill();
    if (this.depth < this.#deps.limits.backlog * 0.9) for (const resolve of this.#room.splice(0)) resolve();
  }
}
