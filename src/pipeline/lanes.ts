/** One message as the lanes see it. */
export interface LaneItem {
  readonly id: string;
  /** Order within the channel; given by the store. */
  readonly seq: number;
  /** Hashed patient identifiers; without any it shares one lane with all others that have none. */
  readonly lanes: readonly string[];
}

/** What became of an item: `stop` blocks its lanes until {@link Lanes.release}. */
export type LaneOutcome = 'done' | 'stop';

interface Node {
  readonly item: LaneItem;
  readonly keys: readonly string[];
  /** Earlier items that this one waits for. */
  waitsFor: number;
  readonly followers: Node[];
  state: 'waiting' | 'running' | 'stopped';
}

const NO_PATIENT = ['\u0000no-patient'];

/**
 * Runs the messages of one channel: one at a time per patient, several patients side by side. A message waits for every
 * earlier one that shares one of its identifiers. Lives in memory; what it holds is in the journal as `stored`.
 */
export class Lanes {
  readonly #run: (item: LaneItem) => Promise<LaneOutcome>;
  readonly #width: number;
  readonly #last = new Map<string, Node>();
  readonly #nodes = new Map<string, Node>();
  readonly #ready: Node[] = [];
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #paused = false;

  /** @param width how many messages run side by side */
  constructor(width: number, run: (item: LaneItem) => Promise<LaneOutcome>) {
    this.#width = width;
    this.#run = run;
  }

  /** Messages that wait, run or are stopped. */
  get size(): number {
    return this.#nodes.size;
  }

  /** True while something runs or could run now; what waits behind a stopped message is not counted. */
  get busy(): boolean {
    return this.#running > 0 || this.#ready.length > 0;
  }

  /**
   * Adds a message. One that is already here is not added twice; one that is stopped here runs again in its place,
   * before what waits behind it.
   */
  add(item: LaneItem, state: 'waiting' | 'stopped' = 'waiting'): void {
    const known = this.#nodes.get(item.id);
    if (known !== undefined) {
      if (state === 'waiting') this.#retry(known);
      return;
    }
    const keys = item.lanes.length === 0 ? NO_PATIENT : [...new Set(item.lanes)];
    const node: Node = { item, keys, waitsFor: 0, followers: [], state };
    this.#nodes.set(item.id, node);
    for (const key of keys) {
      const last = this.#last.get(key);
      if (last !== undefined) {
        last.followers.push(node);
        node.waitsFor += 1;
      }
      this.#last.set(key, node);
    }
    if (node.waitsFor === 0 && state === 'waiting') this.#ready.push(node);
    this.#pump();
  }

  /** Puts a message that failed earlier in front of its lanes: what shares one waits until {@link release}. */
  block(item: LaneItem): void {
    this.add(item, 'stopped');
  }

  /** Identifiers whose lanes are stopped. */
  blockedKeys(): readonly string[] {
    return [...this.#nodes.values()].filter((node) => node.state === 'stopped').flatMap((node) => node.keys);
  }

  /** Starts nothing new until {@link resume}. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on after {@link pause}. */
  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** Lets what waits behind a stopped message go on. */
  release(id: string): void {
    const node = this.#nodes.get(id);
    if (node?.state === 'stopped') this.#leave(node);
  }

  /** Resolves when nothing runs; with `pause`, the way to stop. */
  async idle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #retry(node: Node): void {
    if (node.state !== 'stopped') return;
    node.state = 'waiting';
    if (node.waitsFor === 0) this.#ready.push(node);
    this.#pump();
  }

  #pump(): void {
    while (!this.#paused && this.#running < this.#width) {
      const node = this.#ready.shift();
      if (node === undefined) return;
      this.#running += 1;
      node.state = 'running';
      void this.#work(node);
    }
  }

  async #work(node: Node): Promise<void> {
    const outcome = await this.#run(node.item);
    this.#running -= 1;
    if (outcome === 'stop') node.state = 'stopped';
    else this.#leave(node);
    if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
    this.#pump();
  }

  #leave(node: Node): void {
    this.#nodes.delete(node.item.id);
    for (const key of node.keys) if (this.#last.get(key) === node) this.#last.delete(key);
    for (const follower of node.followers) {
      follower.waitsFor -= 1;
      if (follower.waitsFor === 0 && follower.state === 'waiting') this.#ready.push(follower);
    }
    this.#pump();
  }
}
