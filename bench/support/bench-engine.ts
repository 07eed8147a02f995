import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MllpClient } from '../../src/channels/mllp/client.ts';
import type { Answer } from '../../src/core/message.ts';
import { percentiles } from '../../src/app/bench/percentiles.ts';
import { runEngine } from '../../src/app/run-engine.ts';
import type { RunningEngine } from '../../src/app/running-engine.ts';
import { loadSite } from '../../src/app/site.ts';

/** What a run of messages cost. */
export interface Cost {
  /** CPU of the whole process, all threads, per message, in milliseconds. */
  readonly cpuMs: number;
  /** From taking in to the end of processing, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Senders that wait for the acknowledgement of one message before they send the next. */
const SENDERS = 8;

/** An engine with the embedded store, all plans and mappings, in a folder of its own. */
export class BenchEngine {
  readonly running: RunningEngine;
  readonly #folder: string;
  /** Bytes of all messages taken in. */
  messageBytes = 0;

  private constructor(running: RunningEngine, folder: string) {
    this.running = running;
    this.#folder = folder;
  }

  static async start(): Promise<BenchEngine> {
    process.env['JINGLUO_LOG'] ??= 'error';
    const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-bench-'));
    const config = path.join(folder, 'bench.yaml');
    const lines = [
      'timezone: Asia/Shanghai',
      'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } }, LIS: {} }',
      'channels:',
      '  - { name: his, type: mllp, source: HIS, port: 0, ack: processed, snapshot: [AL1] }',
      '  - { name: lis, type: mllp, source: LIS, port: 0, ack: processed }',
      'senders: [{ name: phone, type: demo-phone }]',
      'http: { port: 0, auth: none }',
    ];
    writeFileSync(config, lines.join('\n'));
    return new BenchEngine(await runEngine(await loadSite({ config, data: path.join(folder, 'data') })), folder);
  }

  /** Takes messages in as a listener does, from several senders at once, until all are processed. */
  async run(channel: string, messages: readonly Uint8Array[], senders = SENDERS): Promise<Cost> {
    const queue = messages.values();
    const latencies: number[] = [];
    const before = process.cpuUsage();
    const sender = async (): Promise<void> => {
      for (const bytes of queue) latencies.push(await this.#take(channel, bytes));
    };
    await Promise.all(Array.from({ length: senders }, sender));
    await this.running.settle();
    const { user, system } = process.cpuUsage(before);
    return { cpuMs: (user + system) / 1_000 / messages.length, ...percentiles(latencies) };
  }

  /** Sends messages over one MLLP connection, one after the other, each answered when it has been processed. */
  async send(channel: string, messages: readonly Uint8Array[]): Promise<Omit<Cost, 'cpuMs'>> {
    const client = await MllpClient.connect({ host: '127.0.0.1', port: this.running.portOf(channel) });
    const latencies: number[] = [];
    for (const bytes of messages) {
      this.messageBytes += bytes.length;
      const started = performance.now();
      const answer = Buffer.from(await client.send(bytes)).toString('latin1');
      latencies.push(performance.now() - started);
      if (!answer.includes('\rMSA|AA|')) throw new TypeError(answer);
    }
    await client.close();
    await this.running.settle();
    return percentiles(latencies);
  }

  /** Ends the engine; resolves with the bytes of its store. */
  async close(): Promise<number> {
    await this.running.stop(10_000);
    const data = path.join(this.#folder, 'data');
    const stored = readdirSync(data).reduce((sum, name) => sum + statSync(path.join(data, name)).size, 0);
    rmSync(this.#folder, { recursive: true });
    return stored;
  }

  /** Milliseconds until the message has been processed. */
  #take(channel: string, bytes: Uint8Array): Promise<number> {
    const { engine } = this.running;
    const settings = engine.channel(channel);
    if (settings === undefined) throw new TypeError(channel);
    this.messageBytes += bytes.length;
    const started = performance.now();
    const contentType = 'application/hl7-v2';
    const message = { id: randomUUID(), channel, receivedAt: new Date(), peer: 'bench', contentType, bytes };
    return new Promise((resolve, reject) => {
      const answer = (given: Answer): Promise<void> => {
        if (given.kind === 'accepted') resolve(performance.now() - started);
        else reject(new TypeError(`${given.problem.code}: ${given.problem.message}`));
        return Promise.resolve();
      };
      void engine.intake.take({ message, answer }, settings);
    });
  }
}
