import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { systemClock } from '../../../src/core/clock.ts';
import { HOME } from '../../../src/app/home.ts';
import { readJournal, type JournalEntry, type JournalRow } from '../../../src/pipeline/journal.ts';
import { STORES } from '../../../src/store/builtins.ts';
import type { Store } from '../../../src/store/port.ts';
import { silentLog } from '../../../src/core/log.ts';
import { noMetrics } from '../../../src/core/metrics.ts';

const REGISTER = path.join(HOME, 'scripts', 'ts-register.mjs');
const CHILD = path.join(HOME, 'tests', 'e2e', 'bad-input', 'engine-child.ts');
const START_MS = 40_000;

/** What an engine of these tests may be given beside its defaults. */
export interface EngineOptions {
  /** Lines of the configuration under `channels:`; one channel `his` where left out. */
  readonly channels?: readonly string[];
  /** Further lines of the configuration. */
  readonly more?: readonly string[];
}

/** An engine in a process of its own, over a store file in a folder of its own. */
export class ChildEngine {
  readonly folder: string;
  readonly #names: readonly string[];
  #child: ChildProcess | undefined;
  #ports: Readonly<Record<string, number>> = {};
  #http = '';
  #log = '';
  #said = '';
  #reader: Store | undefined;

  private constructor(folder: string, names: readonly string[]) {
    this.folder = folder;
    this.#names = names;
  }

  /** Writes the configuration and starts the engine. */
  static async start(options: EngineOptions = {}): Promise<ChildEngine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'jingluo-bad-'));
    const { channels = ['{ name: his, type: mllp, source: HIS, port: 0 }'], more = [] } = options;
    const lines = [
      'timezone: Asia/Shanghai',
      'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }',
      'http: { port: 0, auth: none }',
      'channels:',
      ...channels.map((line) => `  - ${line}`),
      ...more,
    ];
    await mkdir(path.join(folder, 'data'));
    await writeFile(path.join(folder, 'jingluo.yaml'), lines.join('\n'));
    const engine = new ChildEngine(
      folder,
      channels.map((line) => /name: (\w+)/.exec(line)?.[1] ?? ''),
    );
    await engine.start();
    return engine;
  }

  /** Starts the process (again) and waits until it takes messages. */
  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Starts the process (again). */
  launch(): void {
    const args = ['--disable-warning=ExperimentalWarning', '--import', REGISTER, CHILD];
    const site = [path.join(this.folder, 'jingluo.yaml'), path.join(this.folder, 'data')];
    const child = spawn(process.execPath, [...args, ...site, ...this.#names], { stdio: 'pipe' });
    this.#child = child;
    this.#said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString('utf8');
    });
    child.stdout.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString('utf8');
    });
  }

  /** Waits until the process takes messages. */
  async ready(): Promise<void> {
    await waitFor('the engine to start', () => this.#said.includes('\n') || !this.isAlive, START_MS);
    if (!this.#said.includes('\n')) throw new TypeError(`the engine did not start: ${this.#log}`);
    const { ports, http } = JSON.parse(this.#said) as { ports: Record<string, number>; http: string };
    this.#ports = ports;
    this.#http = http;
  }

  /** True while the process lives. */
  get isAlive(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Port of the channel; of `his` where left out. */
  port(channel = 'his'): number {
    return this.#ports[channel] ?? 0;
  }

  /** Everything that the engine has logged. */
  get log(): string {
    return this.#log;
  }

  /** Resident memory in bytes. */
  get memory(): number {
    return this.#status('VmRSS');
  }

  /** The most resident memory that the process ever had, in bytes. */
  get peakMemory(): number {
    return this.#status('VmHWM');
  }

  #status(name: string): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  }

  /** Status of a path of the HTTP server. */
  async status(where: string): Promise<number> {
    const answer = await fetch(this.#http + where);
    await answer.arrayBuffer();
    return answer.status;
  }

  /** Sum of a metric over its labels; only samples that hold all of `labels`. */
  async metric(name: string, ...labels: readonly string[]): Promise<number> {
    const answer = await fetch(`${this.#http}/metrics`);
    const lines = (await answer.text())
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines
      .filter((line) => labels.every((label) => line.includes(label)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** The store file, read beside the engine. */
  async store(): Promise<Store> {
    const plugin = STORES.find(({ type }) => type === 'sqlite');
    if (plugin === undefined) throw new TypeError('no sqlite store');
    const deps = { dataDir: path.join(this.folder, 'data'), log: silentLog, metrics: noMetrics, clock: systemClock };
    this.#reader ??= await plugin.create({ readOnly: true }, deps);
    return this.#reader;
  }

  /** The last journal rows in the order of their arrival. */
  async journal(): Promise<readonly JournalRow[]> {
    const page = await (
      await this.store()
    ).find('journal', { order: [{ field: 'seq', descending: true }], limit: 200 });
    return page.rows.map(readJournal).toReversed();
  }

  /** The journal entry of the last message with that MSH-10. */
  async entry(control: string): Promise<JournalEntry | undefined> {
    return (await this.journal()).findLast(({ entry }) => entry.control === control)?.entry;
  }

  /** The entry once it is processed. */
  async processed(control: string, ms = 15_000): Promise<JournalEntry> {
    let entry: JournalEntry | undefined;
    await waitFor(
      `${control} to be processed`,
      async () => {
        entry = await this.entry(control);
        return entry !== undefined && entry.state !== 'stored';
      },
      ms,
    );
    if (entry === undefined) throw new TypeError(control);
    return entry;
  }

  /** Bytes that are kept of a message. */
  async bytes(id: string): Promise<Uint8Array | undefined> {
    const body = (await (await this.store()).get('messages', id))?.body;
    return body instanceof Uint8Array ? body : undefined;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops the process in order and removes its folder. */
  async close(): Promise<void> {
    await this.#reader?.close();
    if (this.isAlive) await this.#end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** Waits until something holds; fails by name where it does not in time. */
export async function waitFor(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new TypeError(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
