import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect } from '@jest/globals';
import iconv from 'iconv-lite';

import { OPERATIONS } from '../../src/app/operations/builtins.ts';
import type { Line, Params } from '../../src/app/operations/operation.ts';
import { runEngine } from '../../src/app/run-engine.ts';
import type { RunningEngine } from '../../src/app/running-engine.ts';
import { loadSite } from '../../src/app/site.ts';
import { MllpClient } from '../../src/channels/builtins.ts';

const PEOPLE = [
  ['P990001', '测试^晓', '19800101', 'M', ''],
  ['P990002', '测试^明', '19790202', 'F', ''],
  ['P990003', '测试^光', '19780303', 'M', '~A990003^^^HOSP01^AN'],
  ['P990004', 'Testing^Anna', '19900404', 'F', ''],
] as const;

/** PID-11 and on. */
const FURTHER: Readonly<Record<string, string>> = {
  P990003: '||||||||||K990001^^^HOSP01',
  P990004: '|||||13900000004',
};

const CONFIG = [
  'timezone: Asia/Shanghai',
  'sources: { HIS: { ids: { MR: HOSP01 } }, LIS: { ids: { PI: LAB } }, GUEST: {} }',
  'channels:',
  '  - { name: his, type: mllp, source: HIS, port: 0, ack: processed, queries: all }',
  '  - { name: lis, type: mllp, source: LIS, port: 0, ack: processed }',
  '  - { name: guest, type: mllp, source: GUEST, port: 0, queries: [LAB] }',
  '  - { name: web, type: http, source: HIS, port: 0, queries: all }',
  'http: { port: 0, auth: none }',
];

/** An engine with five people in it, and a connection to each of its MLLP channels. */
export class QueryDesk {
  readonly running: RunningEngine;
  readonly #folder: string;
  readonly #clients = new Map<string, MllpClient>();
  /** MSH-10 of the message that was sent last, behind an M. */
  number = 0;

  private constructor(running: RunningEngine, folder: string) {
    this.running = running;
    this.#folder = folder;
  }

  static async open(): Promise<QueryDesk> {
    const folder = await mkdtemp(path.join(tmpdir(), 'jingluo-queries-'));
    const config = path.join(folder, 'jingluo.yaml');
    await writeFile(config, CONFIG.join('\n'));
    const running = await runEngine(await loadSite({ config, data: path.join(folder, 'data') }));
    const desk = new QueryDesk(running, folder);
    for (const name of ['his', 'lis', 'guest']) {
      desk.#clients.set(name, await MllpClient.connect({ host: '127.0.0.1', port: running.portOf(name) }));
    }
    for (const [id, name, birth, sex, more] of PEOPLE) {
      const further = FURTHER[id] ?? '';
      await desk.news('his', 'ADT^A04', `PID|1||${id}^^^HOSP01^MR${more}||${name}||${birth}|${sex}${further}`);
    }
    // The laboratory knows one of them by a number of its own, and by the number of the HIS.
    await desk.news('lis', 'ADT^A04', 'PID|1||L990001^^^LAB^PI~P990001^^^HOSP01^MR||测试^晓||19800101|M');
    await running.settle();
    return desk;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.values()) await client.close();
    await this.running.stop(1_000);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The lines of the answer. */
  async send(channel: string, text: string, charset: 'utf8' | 'gb18030' = 'utf8'): Promise<readonly string[]> {
    const bytes = await this.#clients.get(channel)?.send(iconv.encode(text, charset));
    const answer = iconv.decode(Buffer.from(bytes ?? []), charset);
    return answer.split('\r').slice(0, -1);
  }

  header(event: string, charset = 'UNICODE UTF-8'): string {
    this.number += 1;
    return `MSH|^~\\&|CLIENT|WARD|JL|H|20261125||${event}|M${this.number}|P|2.5||||||${charset}`;
  }

  async news(channel: string, event: string, ...segments: readonly string[]): Promise<void> {
    const lines = await this.send(channel, [this.header(event), 'EVN||20261125', ...segments, ''].join('\r'));
    expect(lines[1]).toMatch(/^MSA\|AA/u);
    await this.running.settle();
  }

  /** Lines of the answer to a query, behind MSH, without the bars at their ends. */
  async ask(channel: string, event: string, ...segments: readonly string[]): Promise<readonly string[]> {
    const query = [this.header(`QBP^${event}^QBP_Q21`), ...segments, ''].join('\r');
    return (await this.send(channel, query)).slice(1).map((line) => line.replace(/\|+$/u, ''));
  }

  /** What an operation yields. */
  async run(name: string, params: Params = {}): Promise<readonly Line[]> {
    const lines: Line[] = [];
    for await (const line of OPERATIONS.get(name)?.run(this.running.engine, params) ?? []) lines.push(line);
    return lines;
  }
}
