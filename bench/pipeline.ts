// The whole way of a message on the embedded store: CPU of the process (its writer thread included) and latency per
// message, memory, stored bytes, and what a growing record costs.
// Run: node --import ./scripts/ts-register.mjs bench/pipeline.ts [--quick|--full]
//   --quick   2,000 patients instead of 10,000, 5,000 messages for memory: for a continuous integration
//   --full    100,000 patients and 50,000 messages: the figures of the goals
import { parseArgs } from 'node:util';

import { BenchEngine, type Cost } from './support/bench-engine.ts';
import { figure, median } from './support/figures.ts';
import { admission, results, update } from './support/messages.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, full: { type: 'boolean' }, only: { type: 'string' } },
});
const PATIENTS = values.full === true ? 100_000 : values.quick === true ? 2_000 : 10_000;
const MESSAGES = values.quick === true ? 5_000 : 50_000;
const ROUNDS = 5;
const BLOCK = 200;

const range = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at);

/** Blocks of every kind by turns, so that a busy neighbour meets all of them; the medians. */
async function perMessage(engine: BenchEngine): Promise<void> {
  const costs = { a01: [] as Cost[], a08: [] as Cost[], oru: [] as Cost[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const patients = range(round * BLOCK, BLOCK);
    const a01 = await engine.run('his', patients.map(admission));
    await engine.run('his', patients.map((n) => update(n, 0)));
    const a08 = await engine.run('his', patients.map((n) => update(n, 1)));
    const oru = await engine.run('lis', patients.map((n) => results(n, 0)));
    // The first round compiles and warms up.
    if (round > 0) for (const [name, cost] of Object.entries({ a01, a08, oru })) costs[name as keyof typeof costs].push(cost);
  }
  const show = (name: string, rounds: readonly Cost[], goal: number): void => {
    const of = (value: (cost: Cost) => number): number => median(rounds.map(value));
    const latency = `p50 ${of((one) => one.p50).toFixed(1)} ms, p99 ${of((one) => one.p99).toFixed(1)} ms with 8 senders`;
    figure(`CPU per ${name}`, of((one) => one.cpuMs), { unit: 'ms', goal, note: latency });
  };
  show('new ADT^A01', costs.a01, 3);
  show('repeated ADT^A08', costs.a08, 0.8);
  show('ORU of 12 results', costs.oru, 6);
}

/** One connection that waits for each answer, given after processing. */
async function latency(engine: BenchEngine): Promise<void> {
  const first = 1_000_000;
  const { p50, p99 } = await engine.send('his', range(first, 300).map(admission));
  figure('MLLP, new A01 to processed, p50', p50, { unit: 'ms', note: `p99 ${p99.toFixed(1)} ms, one connection` });
}

/** 50,000 mixed messages: every patient is admitted, updated twice and has two orders. */
async function memory(): Promise<void> {
  const engine = await BenchEngine.start();
  let highest = 0;
  const timer = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 100);
  for (let done = 0; done < MESSAGES; done += 500) {
    const patients = range(done / 5, 100);
    await engine.run('his', patients.map(admission));
    await engine.run('his', patients.flatMap((n) => [update(n, 0), update(n, 1)]));
    await engine.run('lis', patients.flatMap((n) => [results(n, 0), results(n, 1)]));
  }
  clearInterval(timer);
  const { messageBytes } = engine;
  const stored = await engine.close();
  figure(`RSS over ${MESSAGES} messages`, highest / 2 ** 20, { unit: 'MiB', goal: 300 });
  figure('stored per KB of message, mixed', stored / messageBytes, { unit: 'KB', goal: 14 });
}

/** New admissions in a small and a large record, by turns. */
async function growth(): Promise<void> {
  const [small, large] = [await BenchEngine.start(), await BenchEngine.start()];
  for (let at = 0; at < 1_000; at += 500) await small.run('his', range(at, 500).map(admission));
  for (let at = 0; at < PATIENTS; at += 500) await large.run('his', range(at, 500).map(admission));
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = range(2_000_000 + round * BLOCK, BLOCK).map(admission);
    const few = await small.run('his', fresh);
    const many = await large.run('his', fresh);
    ratios.push(many.cpuMs / few.cpuMs);
  }
  await small.close();
  const { messageBytes } = large;
  const stored = await large.close();
  figure(`CPU at ${PATIENTS} patients against 1000`, median(ratios), { unit: 'x', goal: 1.5 });
  figure('stored per KB of message, A01 only', stored / messageBytes, { unit: 'KB', goal: 14 });
}

const wanted = (part: string): boolean => values.only === undefined || values.only === part;
if (wanted('message')) {
  const engine = await BenchEngine.start();
  await perMessage(engine);
  await latency(engine);
  await engine.close();
}
if (wanted('memory')) await memory();
if (wanted('growth')) await growth();
