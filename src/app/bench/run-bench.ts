import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ChannelConfig } from '../../config/engine-config.ts';
import { didYouMean } from '../../core/nearest.ts';
import { JingluoError, problem } from '../../core/problem.ts';
import { runEngine } from '../run-engine.ts';
import type { RunningEngine } from '../running-engine.ts';
import type { Site } from '../site.ts';
import { percentiles } from './percentiles.ts';
import { Sender } from './sender.ts';
import type { Workload } from './workload.ts';

/** What is to be measured. */
export interface BenchOptions {
  readonly workload: Workload;
  /** Channel whose source, mappings and acknowledgement mode the messages have; the first one where absent. */
  readonly channel?: string;
  /** Messages of a round, at least. */
  readonly messages: number;
  /** Connections of each round. */
  readonly connections: readonly number[];
  /** Told what begins. */
  readonly progress: (text: string) => void;
}

/** What one round came to. */
export interface BenchRound {
  readonly connections: number;
  readonly messages: number;
  /** Processed, from the first message sent to the last one processed. */
  readonly perSecond: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** CPU of the engine, all its threads, for each message. */
  readonly cpuMs: number;
  /** How often the answer was not positive, by MSA-1 and the code in ERR-5. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What all rounds together came to. */
export interface BenchTotal {
  readonly messages: number;
  /** Highest resident memory of the process, in MiB. */
  readonly rssMiB: number;
  /** Bytes in the store for each byte of message. */
  readonly storedPerByte: number;
  /** Messages that ended as `failed` or `held`. */
  readonly notDone: number;
}

/** Messages that are sent before anything is counted, while the engine's machine code is made. */
const WARM_UP = 300;
const GRACE_MS = 20_000;
const RSS_EVERY_MS = 200;

/**
 * Measures this machine with the mappings, plans and sources of a site: messages go over real MLLP from another process
 * to an engine with an embedded store of its own in a temporary folder. Its senders are the demo phone: nobody is
 * reached. Yields each round, then the total.
 */
export async function* runBench(site: Site, options: BenchOptions): AsyncIterable<BenchRound | BenchTotal> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jingluo-bench-'));
  const sender = new Sender();
  const interrupted = removedOnSignal(folder);
  try {
    const bench = await Bench.start(benchSite(site, folder, options.channel), sender, options.workload);
    try {
      options.progress('warming up');
      await bench.round(1, Math.min(WARM_UP, options.messages));
      for (const connections of options.connections) {
        options.progress(`${connections} ${connections === 1 ? 'connection' : 'connections'}`);
        yield await bench.round(connections, options.messages);
      }
    } finally {
      await bench.stop();
    }
    yield await bench.total(path.join(folder, 'data'));
  } finally {
    interrupted.off();
    await sender.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What was measured with may be patients' data: it does not stay behind when somebody loses patience. */
function removedOnSignal(folder: string): { readonly off: () => void } {
  const leave = (signal: NodeJS.Signals): void => {
    rmSync(folder, { recursive: true, force: true });
    process.off(signal, leave);
    process.kill(process.pid, signal);
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  return {
    off: () => {
      process.off('SIGINT', leave);
      process.off('SIGTERM', leave);
    },
  };
}

/** The site with one MLLP channel on a free port, a store of its own, and nobody to be reached. */
function benchSite(site: Site, folder: string, name: string | undefined): Site {
  const { config } = site;
  const channel: ChannelConfig = { ...channelOf(site, name), type: 'mllp', config: { port: 0 } };
  return {
    ...site,
    config: {
      ...config,
      dataDir: path.join(folder, 'data'),
      store: { type: 'sqlite', config: {} },
      channels: [channel],
      destinations: [],
      senders: [{ name: 'phone', type: 'demo-phone', config: {} }],
      http: { host: '127.0.0.1', port: 0, cors: [], auth: { type: 'none' } },
      demo: false,
    },
  };
}

function channelOf({ config }: Site, name: string | undefined): ChannelConfig {
  const names = config.channels.map(({ settings }) => settings.name);
  const found = name === undefined ? config.channels[0] : config.channels.find((one) => one.settings.name === name);
  if (found !== undefined) return found;
  const message = `There is no channel "${name ?? ''}"${didYouMean(name ?? '', names)}.`;
  throw new JingluoError(problem('operation.bad-parameter', message));
}

/** An engine under measurement. */
class Bench {
  readonly #running: RunningEngine;
  readonly #sender: Sender;
  readonly #workload: Workload;
  readonly #rss: NodeJS.Timeout;
  #highest = 0;
  #messages = 0;
  #bytes = 0;
  #notDone = 0;

  private constructor(running: RunningEngine, sender: Sender, workload: Workload) {
    this.#running = running;
    this.#sender = sender;
    this.#workload = workload;
    this.#rss = setInterval(() => {
      this.#highest = Math.max(this.#highest, process.memoryUsage.rss());
    }, RSS_EVERY_MS);
  }

  static async start(site: Site, sender: Sender, workload: Workload): Promise<Bench> {
    return new Bench(await runEngine(site), sender, workload);
  }

  async round(connections: number, count: number): Promise<BenchRound> {
    const groups = this.#workload.next(count);
    const [channel = ''] = this.#running.engine.queues.keys();
    const began = performance.now();
    const before = process.cpuUsage();
    const result = await this.#sender.run({ port: this.#running.portOf(channel), connections, groups });
    await this.#running.settle();
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - began) / 1_000;
    const { p50, p99 } = percentiles(result.latencies);
    const messages = groups.reduce((sum, group) => sum + group.length, 0);
    this.#messages += messages;
    this.#bytes += groups.flat().reduce((sum, bytes) => sum + bytes.length, 0);
    return {
      connections,
      messages,
      perSecond: messages / seconds,
      cpuMs: (user + system) / 1_000 / messages,
      ackP50Ms: p50,
      ackP99Ms: p99,
      refused: Object.fromEntries(result.refused),
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.#rss);
    const { store } = this.#running.engine;
    this.#notDone = await store.count('journal', { where: [{ field: 'state', op: 'in', value: ['failed', 'held'] }] });
    await this.#running.stop(GRACE_MS);
  }

  /** To be called after {@link stop}, when the log has been copied into the file. */
  async total(folder: string): Promise<BenchTotal> {
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
    );
    return {
      messages: this.#messages,
      rssMiB: this.#highest / 2 ** 20,
      storedPerByte: sizes.reduce((sum, size) => sum + size, 0) / this.#bytes,
      notDone: this.#notDone,
    };
  }
}
