import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

import { HOME } from '../src/app/home.ts';
import { sleep } from './random.ts';
import type { Node } from './site.ts';

const START_MS = 120_000;
const PROGRAM = path.join(HOME, 'bin', 'jingluo.js');

/** What runs now; it ends with this process, however that ends. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(2));

interface Status {
  readonly queues?: Readonly<Record<string, number>>;
}

/** The process of one node: started, killed and started again. */
export class EngineProcess {
  readonly node: Node;
  #child: ChildProcess | undefined;
  #said = '';

  constructor(node: Node) {
    this.node = node;
  }

  /** Starts the process and waits until it takes messages; one that was stopped meanwhile is left alone. */
  async start(): Promise<void> {
    const args = [PROGRAM, 'start', '--no-demo', '--config', this.node.config, '--data', this.node.data];
    const env = { ...process.env, JINGLUO_LOG: 'warn' };
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    this.#said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-20_000);
    });
    const end = Date.now() + START_MS;
    while (Date.now() < end) {
      if (this.#said.includes('(his)')) return;
      if (child.exitCode !== null || child.signalCode !== null) break;
      await sleep(10);
    }
    const ended = child.signalCode ?? child.exitCode;
    await this.kill();
    // Its last words may still be on their way.
    await sleep(200);
    const how = ended === null ? 'in time' : `(it ended: ${ended})`;
    throw new TypeError(`the engine did not start ${how}:\n${this.#said}`);
  }

  /** What the process has said last. */
  get log(): string {
    return this.#said;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** How many messages wait; undefined where the process does not answer. */
  async waiting(): Promise<number | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.node.http}/admin/status`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      // Lines of JSON: what the operation yields, then its end.
      const [line = ''] = (await answer.text()).split('\n');
      const { line: status } = JSON.parse(line) as { readonly line?: Status };
      return status?.queues?.['his'];
    } catch {
      return undefined;
    }
  }

  /** Waits until something has been processed since the start, at most `ms`. */
  async processes(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (Date.now() < end) {
      const metrics = await fetch(`http://127.0.0.1:${this.node.http}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      if (metrics.includes('jingluo_messages_processed_total{')) return;
      await sleep(20);
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
