import { Worker } from 'node:worker_threads';
import type { ProblemCode } from '../../core/problem.ts';
import { JingluoError, problem } from '../../core/problem.ts';
import { STORE_PROBLEMS } from '../../core/problems/store.ts';
import { StoreUnavailable } from '../unavailable.ts';
import type { Observed } from './writer-health.ts';
import { WriterHealth } from './writer-health.ts';
import type { FromWriter, Job, Outcome, ToWriter, WriterSettings } from './wire.ts';

/** A request that waits for its outcome. */
interface Waiting {
  readonly job: Job;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/** With so many requests waiting a second group is handed over, so that the writer finds it when it has done the first. */
const WORTH_A_GROUP = 32;
/** Requests handed over at once. */
const MAX_BATCH = 1_024;

/**
 * The thread of the writing connection, seen from the engine's thread. What is asked for while the writer is at work
 * goes to it as one group when it has answered: the more callers, the more of them share one fsync.
 */
export class WriterThread {
  readonly #worker: Worker;
  readonly #now: () => number;
  readonly #health: WriterHealth;
  #queue: Waiting[] = [];
  /** Groups handed over and not answered yet, the oldest first. */
  #running: (readonly Waiting[])[] = [];
  #scheduled = false;
  #end: string | undefined;
  #closing: Promise<void> | undefined;
  readonly #idle: (() => void)[] = [];

  private constructor(worker: Worker, now: () => number, health: WriterHealth) {
    this.#worker = worker;
    this.#now = now;
    this.#health = health;
    worker.on('message', (message: FromWriter) => {
      if (message[0] === 'outcomes') this.#answer(message[1]);
    });
    worker.on('error', (error) => {
      this.#fail(`its writer stopped: ${error.message}`);
    });
    worker.on('exit', () => {
      this.#fail('its writer stopped');
    });
    worker.unref();
  }

  /**
   * Starts the thread and opens the file.
   * @throws JingluoError `store.locked`, `store.schema-newer`; StoreUnavailable where it cannot be opened
   */
  static async start(settings: WriterSettings, now: () => number, observed: Observed): Promise<WriterThread> {
    const worker = spawn(settings);
    const first = await new Promise<FromWriter>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first[0] === 'ready') return new WriterThread(worker, now, new WriterHealth(observed));
    const [, code, message] = first[0] === 'refused' ? first : ['refused', 'store.unavailable', 'no answer'];
    if (code === 'store.unavailable' || !isStoreCode(code)) throw new StoreUnavailable(message);
    throw new JingluoError(problem(code, message));
  }

  /** Resolves with the outcome of a request once it is durable; rejects with `StoreUnavailable`. */
  request(job: Job): Promise<Outcome> {
    if (this.#end !== undefined) return Promise.reject(new StoreUnavailable(this.#end));
    return new Promise<Outcome>((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#schedule();
    });
  }

  /** True once the thread has ended by itself: another must be started. */
  get failed(): boolean {
    return this.#end !== undefined && this.#closing === undefined;
  }

  /** Resolves when everything asked for has been answered. */
  async drain(): Promise<void> {
    if (this.#queue.length + this.#running.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Finishes what was asked for, then closes the file and ends the thread. */
  async close(): Promise<void> {
    this.#closing ??= this.#finish();
    await this.#closing;
  }

  async #finish(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#worker.ref();
    await this.drain();
    this.#end = 'it is closed';
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#send(['close']);
    await ended;
  }

  /** Waits for the end of the turn, so that everything asked for in it goes over together. */
  #schedule(): void {
    if (this.#scheduled || !this.#mayHandOver()) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#mayHandOver()) return;
    this.#worker.ref();
    const group = this.#queue.splice(0, MAX_BATCH);
    this.#running.push(group);
    this.#send(['work', this.#now(), group.map(({ job }) => job)]);
  }

  #mayHandOver(): boolean {
    const [groups, waiting] = [this.#running.length, this.#queue.length];
    return groups === 0 ? waiting > 0 : groups === 1 && waiting >= WORTH_A_GROUP;
  }

  #answer(outcomes: readonly Outcome[]): void {
    const answered = this.#running.shift() ?? [];
    this.#health.answered(outcomes);
    answered.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index] ?? ['failed', 'no answer'];
      if (outcome[0] === 'failed') reject(new StoreUnavailable(outcome[1]));
      else resolve(outcome);
    });
    if (this.#queue.length > 0) this.#schedule();
    else if (this.#running.length === 0) {
      this.#worker.unref();
      this.#rest();
    }
  }

  #rest(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #fail(reason: string): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#health.failed(reason);
    for (const { reject } of [...this.#running.flat(), ...this.#queue]) reject(new StoreUnavailable(reason));
    this.#running = [];
    this.#queue = [];
    this.#rest();
  }

  #send(message: ToWriter): void {
    this.#worker.postMessage(message);
  }
}

/** Compiled, the thread runs its JavaScript; from source (tests, benches) it is told how to read TypeScript. */
function spawn(workerData: WriterSettings): Worker {
  const source = import.meta.url.endsWith('.ts');
  const hooks = new URL('../../../scripts/ts-register.mjs', import.meta.url).href;
  return new Worker(new URL(source ? './writer-main.ts' : './writer-main.js', import.meta.url), {
    workerData,
    // A group of commits is short-lived: a large young generation would only make the process larger.
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
    execArgv: ['--disable-warning=ExperimentalWarning', ...(source ? ['--import', hooks] : [])],
  });
}

function isStoreCode(code: string): code is ProblemCode {
  return code in STORE_PROBLEMS;
}
