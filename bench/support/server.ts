import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MllpClient } from '../../src/channels/builtins.ts';

/** The built engine as it runs at a site: a process of its own, fed over MLLP. */
export class Server {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #port: number;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#process = child;
    this.#folder = folder;
    this.#port = port;
  }

  static async start(): Promise<Server> {
    const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-bench-'));
    const config = path.join(folder, 'bench.yaml');
    const [port, http] = [await freePort(), await freePort()];
    const lines = [
      'timezone: Asia/Shanghai',
      'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }',
      `channels: [{ name: his, type: mllp, source: HIS, port: ${port}, ack: processed, snapshot: [AL1] }]`,
      'senders: [{ name: phone, type: demo-phone }]',
      `http: { port: ${http}, auth: none }`,
    ];
    writeFileSync(config, lines.join('\n'));
    const command = ['bin/jingluo.js', 'start', '--no-demo', '--config', config, '--data', path.join(folder, 'data')];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
    const server = new Server(child, folder, port);
    await server.#listening();
    return server;
  }

  /** Resident memory of the process, in bytes. */
  get rss(): number {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(this.#process.pid)], { encoding: 'utf8' })) * 1_024;
  }

  connect(): Promise<MllpClient> {
    return MllpClient.connect({ host: '127.0.0.1', port: this.#port });
  }

  /** Ends the engine; resolves with the bytes of its store. */
  async stop(): Promise<number> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
    const data = path.join(this.#folder, 'data');
    const stored = readdirSync(data).reduce((sum, name) => sum + statSync(path.join(data, name)).size, 0);
    rmSync(this.#folder, { recursive: true });
    return stored;
  }

  async #listening(): Promise<void> {
    for (let tries = 0; this.#process.exitCode === null; tries += 1) {
      try {
        await (await this.connect()).close();
        return;
      } catch (error) {
        if (tries > 300) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    throw new TypeError('the engine did not start');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
