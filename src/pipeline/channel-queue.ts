import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import type { FieldTerm, Store } from '../store/port.ts';
import { HeldMessages, type Held } from './held-messages.ts';
import { readJournal, type JournalRow, type MessageState } from './journal.ts';
import { Lanes, type LaneItem } from './lanes.ts';
import { countCrash } from './crashes.ts';
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

/** Rows that a search may answer at once. */
const PAGE = 10_000;
/** Messages at hand, as a multiple of those that run side by side, below which a shared store is looked into again. */
const SHARED_LANES_PER_WIDTH = 8;
const BYTES_IN_MEMORY = 32 * 1024 * 1024;

/** The queue of one channel: leased to one node, which runs its lanes in memory. */
export class ChannelQueue {
  readonly #deps: QueueDeps;
  readonly #channel: string;
  readonly #stopLane: boolean;
  readonly #lanes: Lanes;
  readonly #lease: Lease;
  readonly #held = new HeldMessages(BYTES_IN_MEMORY);
  readonly #waiters = new Map<string, ((processed: Processed) => void)[]>();
  readonly #room: (() => void)[] = [];
  /** Stored messages may be waiting that are not in memory; then only `#fill` adds to the lanes. */
  #behind = true;
  #filling = false;
  #refill = false;
  #leased = false;
  #stopping = false;
  #beating = false;
  #failing = false;
  /** Stored messages of the channel as last counted; exact only while nothing is in memory. */
  #stored = 0;
  /** What has to be done after the lease was taken and before anything runs. */
  #recovery: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: QueueDeps, channel: string, stopLane: boolean) {
    this.#deps = deps;
    this.#channel = channel;
    this.#stopLane = stopLane;
    this.#lanes = new Lanes(deps.limits.width, (item) => this.#run(item));
    this.#lease = new Lease(deps.store, `channel|${channel}`, deps.node, deps.limits.leaseMs);
    this.#lanes.pause();
  }

  /** Stored messages of the channel that are not processed yet, as far as this node knows. */
  get depth(): number {
    return this.#leased && !this.#behind ? this.#lanes.size : Math.max(this.#lanes.size, this.#stored);
  }

  /** False while the store does not let this queue write. */
  get isHealthy(): boolean {
    return !this.#failing;
  }

  /**
   * Starts to compete for the lease and, holding it, to run. What an unclean stop left behind is looked into after this
   * has resolved, so that senders need not wait for it.
   */
  async start(): Promise<void> {
    await this.#beat();
    this.#timer = setInterval(() => void this.#beat(), this.#deps.limits.pollMs);
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
    const idle = Promise.all([this.#lanes.idle(), this.#recovery]);
    const ended = await Promise.race([idle.then(() => 'idle' as const), grace]);
    clearTimeout(late);
    if (this.#leased && ended === 'idle') await this.#lease.release();
  }

  /** A message that this node has just stored, with what is at hand of it. `done` is called once it has been processed here. */
  offer(item: LaneItem, held: Held | undefined, done?: (processed: Processed) => void): void {
    if (done !== undefined) this.#waiters.set(item.id, [...(this.#waiters.get(item.id) ?? []), done]);
    this.#stored += 1;
    if (!this.#leased || this.#stopping) return;
    // What another node took in before this message may share a lane with it: only a look into the store shows both.
    if (!this.#deps.sole || this.#behind || this.#lanes.size >= this.#deps.limits.inMemory) {
      this.#behind = true;
      // With enough at hand the next look is due when it has been worked off, see #finish.
      if (this.#hasRoom()) {
        this.#held.keep(item.id, held);
        this.fill();
      }
      return;
    }
    this.#held.keep(item.id, held);
    this.#lanes.add(item);
  }

  /** Resolves when the backlog is below its limit: back-pressure for intake. */
  async room(): Promise<void> {
    while (this.depth >= this.#deps.limits.backlog && !this.#stopping) {
      this.#deps.metrics.count('jingluo_intake_paused_total', { channel: this.#channel });
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
  }

  /** Resolves when every message that was stored so far has been processed here, or waits behind a stopped one. */
  async idle(): Promise<void> {
    while (this.#behind || this.#lanes.busy) await sleep(5);
  }

  /** Looks for stored messages that are not in memory. */
  fill(): void {
    this.#refill = true;
    if (this.#filling) return;
    this.#filling = true;
    // A store that does not answer leaves the queue behind; the next beat looks again.
    void this.#fillUntilDone()
      .catch((error: unknown) => {
        this.#tell('channel.read-failed', error);
      })
      .finally(() => {
        this.#filling = false;
      });
  }

  /** Lets the messages behind a failed one of a `stop-lane` channel go on. */
  release(id: string): void {
    this.#lanes.release(id);
  }

  /** Keeps or takes the lease; says once when the store fails and once when it works again. */
  async #beat(): Promise<void> {
    if (this.#beating || this.#stopping) return;
    this.#beating = true;
    try {
      await (this.#leased ? this.#keep() : this.#takeOver());
      if (!this.#leased) await this.#watchOthers();
      this.#makeRoom();
      if (this.#failing) this.#deps.log.info('channel.recovered', { channel: this.#channel });
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#tell('channel.lease-failed', error);
      this.#failing = true;
    } finally {
      this.#beating = false;
    }
  }

  async #keep(): Promise<void> {
    this.#leased = await this.#lease.renew();
    if (this.#leased) {
      if (!this.#deps.sole || this.#behind) this.fill();
      return;
    }
    this.#lanes.pause();
    this.#behind = true;
    this.#held.clear();
    this.#deps.log.warn('channel.lease-lost', { channel: this.#channel });
  }

  async #takeOver(): Promise<void> {
    if (this.#recovery !== undefined) return;
    const taken = await this.#lease.take(this.#deps.sole);
    if (taken === undefined) return;
    this.#leased = true;
    this.#behind = true;
    this.#recovery = this.#recover(taken.unclean).finally(() => {
      this.#recovery = undefined;
      if (!this.#leased || this.#stopping) return;
      this.#lanes.resume();
      this.fill();
    });
  }

  /** Puts stopped lanes back and looks for what may have stopped the engine; again until the store lets it. */
  async #recover(unclean: boolean): Promise<void> {
    while (this.#leased && !this.#stopping) {
      try {
        if (this.#stopLane) await this.#blockStopped();
        if (unclean) await this.#runSuspects();
        return;
      } catch (error) {
        this.#tell('channel.recovery-failed', error);
        await sleep(this.#deps.limits.pollMs);
      }
    }
  }

  /** Another node runs the channel: the backlog is the store's, and whoever waits for a message here is told. */
  async #watchOthers(): Promise<void> {
    this.#stored = await this.#countStored();
    for (const id of this.#waiters.keys()) {
      const row = await this.#deps.store.get('journal', id);
      if (row === undefined) continue;
      const { state, problems, warnings } = readJournal(row).entry;
      const [first] = problems;
      if (state !== 'stored')
        this.#tellWaiters(id, { state, warnings, ...(first === undefined ? {} : { problem: first }) });
    }
  }

  async #fillUntilDone(): Promise<void> {
    while (this.#refill && !this.#stopping && this.#leased && this.#recovery === undefined) {
      this.#refill = false;
      // What waits behind stopped messages may not keep the others out.
      const limit = Math.min(this.#deps.limits.inMemory + (this.#stopLane ? this.#lanes.size : 0), PAGE);
      const rows = await this.#read('stored', limit);
      const full = rows.length >= limit;
      this.#stored = full ? await this.#countStored() : rows.length;
      for (const { id, seq, entry } of rows) this.#lanes.add({ id, seq, lanes: entry.lanes });
      // What was stored while we read may be missing from these rows: then nothing may overtake it.
      if (!full && !this.#isAskedAgain()) this.#behind = false;
      this.#makeRoom();
    }
  }

  #isAskedAgain(): boolean {
    return this.#refill;
  }

  #countStored(): Promise<number> {
    return this.#deps.store.count('journal', { where: this.#where('stored') });
  }

  /** Where the store is shared every message brings a look into it: then what is at hand is kept small. */
  #hasRoom(): boolean {
    const { sole, limits } = this.#deps;
    return this.#lanes.size < (sole ? limits.inMemory / 2 : SHARED_LANES_PER_WIDTH * limits.width);
  }

  async #read(state: MessageState, limit: number): Promise<readonly JournalRow[]> {
    const page = await this.#deps.store.find('journal', {
      where: this.#where(state),
      order: [{ field: 'seq' }],
      limit: Math.min(limit, PAGE),
    });
    return page.rows.map(readJournal);
  }

  #where(state: MessageState): readonly FieldTerm[] {
    return [
      { field: 'channel', op: 'eq', value: this.#channel },
      { field: 'state', op: 'eq', value: state },
    ];
  }

  /** What failed earlier keeps its lanes stopped over a restart, until a person releases it. */
  async #blockStopped(): Promise<void> {
    const stopped = [...(await this.#read('failed', PAGE)), ...(await this.#read('held', PAGE))];
    for (const { id, seq, entry } of stopped) {
      // What was refused at the door never had a place in a lane; its sender knows.
      if (entry.released !== true && entry.accepted) this.#lanes.block({ id, seq, lanes: entry.lanes });
    }
  }

  /**
   * After an unclean stop: one at a time, each counted before it runs, so that the one that kills us is found. What
   * waits behind a stopped message is left to the lanes. Lanes are filled in order, so what ran is among the oldest.
   */
  async #runSuspects(): Promise<void> {
    for (const row of await this.#read('stored', 2 * this.#deps.limits.inMemory)) {
      if (this.#stopping || !this.#leased) return;
      const stopped = new Set(this.#lanes.blockedKeys());
      if (!row.entry.lanes.some((lane) => stopped.has(lane))) await this.#runSuspect(row);
    }
  }

  async #runSuspect(row: JournalRow): Promise<void> {
    const counted = await countCrash(this.#deps.store, row, () => this.#leased && !this.#stopping);
    if (counted === undefined) return;
    const [fault] = counted.problems;
    if (fault !== undefined) {
      this.#deps.log.error('message.poison', { channel: this.#channel, message: row.id });
      this.#deps.metrics.count('jingluo_messages_processed_total', { channel: this.#channel, state: 'failed' });
    }
    const processed: Processed =
      fault === undefined
        ? await this.#deps.processor.process(row.id)
        : { state: 'failed', problem: fault, warnings: [] };
    if (this.#stopLane && processed.state !== 'done')
      this.#lanes.block({ id: row.id, seq: row.seq, lanes: row.entry.lanes });
    this.#finish(row.id, processed);
  }

  async #run(item: LaneItem): Promise<'done' | 'stop'> {
    const processed = await this.#deps.processor.process(item.id, this.#held.take(item.id));
    this.#finish(item.id, processed);
    return this.#stopLane && processed.state !== 'done' ? 'stop' : 'done';
  }

  #finish(id: string, processed: Processed): void {
    this.#held.take(id);
    this.#stored = Math.max(0, this.#stored - 1);
    this.#tellWaiters(id, processed);
    if (this.#behind && this.#hasRoom()) this.fill();
    this.#makeRoom();
  }

  #tellWaiters(id: string, processed: Processed): void {
    const waiters = this.#waiters.get(id) ?? [];
    this.#waiters.delete(id);
    for (const done of waiters) {
      try {
        done(processed);
      } catch (error) {
        this.#tell('channel.waiter-failed', error, id);
      }
    }
  }

  #makeRoom(): void {
    if (this.depth < this.#deps.limits.backlog * 0.9) for (const resolve of this.#room.splice(0)) resolve();
  }

  /** The text of an error may quote the message, so only its kind goes to the log. */
  #tell(event: string, error: unknown, message?: string): void {
    const fault = error instanceof Error ? error.name : typeof error;
    this.#deps.log.warn(event, { channel: this.#channel, fault, ...(message === undefined ? {} : { message }) });
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
