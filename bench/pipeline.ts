// The whole way of a message on the embedded store: CPU of the process (its writer thread included) and latency per
// message, memory, stored bytes, and what a growing record costs.
// Run: node --import ./scripts/ts-register.mjs bench/pipeline.ts [--quick|--full]
//   --quick   2,000 patients instead of 10,000, 5,000 messages for memory: for a continuous integration
//   --full    100,000 patients instead of 10,000: the figure of the goal, some ten minutes
//   --only    message, memory or growth
import { parseArgs } from 'node:util';

import { BenchEngine, type Cost } from './support/bench-engine.ts';
import { figure, median } from './support/figures.ts';
import { Server } from './support/server.ts';
import { admission, results, shortAdmission, update } from './support/messages.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, full: { type: 'boolean' }, only: { type: 'string' } },
});
const PATIENTS = values.full === true ? 100_000 : values.quick === true ? 2_000 : 10_000;
const MESSAGES = values.quick === true ? 5_000 : 50_000;
const ROUNDS = values.quick === true ? 12 : 24;
const BLOCK = 60;

/** Messages and senders at a time while a record is filled. */
const FILL_BLOCK = 1_000;
const FILL_SENDERS = 64;

/** Rounds in which the machine code of the engine is made. */
const WARM_UP = 20;

/** Patients of short admissions are others than those of the full ones. */
const SHORT_FROM = 5_000_000;

const range = (from: number, count: number): readonly number[] => Array.from({ length: count }, (_, at) => from + at);

/**
 * Blocks of every kind by turns. What a busy neighbour costs is counted as ours where cores are shared, so the figure is
 * the least of many short rounds; the median stands beside it.
 */
async function perMessage(engine: BenchEngine): Promise<void> {
  const kinds = { short: [] as Cost[], a01: [] as Cost[], a08: [] as Cost[], oru: [] as Cost[] };
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const patients = range((round + WARM_UP) * BLOCK, BLOCK);
    const short = await engine.run('his', patients.map((n) => SHORT_FROM + n).map(shortAdmission));
    const a01 = await engine.run('his', patients.map(admission));
    await engine.run(
      'his',
      patients.map((n) => update(n, 0)),
    );
    const a08 = await engine.run(
      'his',
      patients.map((n) => update(n, 1)),
    );
    const oru = await engine.run(
      'lis',
      patients.map((n) => results(n, 0)),
    );
    if (round < 0) continue;
    kinds.short.push(short);
    kinds.a01.push(a01);
    kinds.a08.push(a08);
    kinds.oru.push(oru);
  }
  show('new ADT^A01, 4 resources', kinds.short, 3);
  show('new ADT^A01, 7 resources', kinds.a01, 3);
  show('repeated ADT^A08', kinds.a08, 0.8);
  show('ORU of 12 results', kinds.oru, 6);
}

function show(name: string, rounds: readonly Cost[], goal: number): void {
  const all = (value: (cost: Cost) => number): readonly number[] => rounds.map(value);
  const cpu = all(({ cpuMs }) => cpuMs);
  const [p50, p99] = [median(all((one) => one.p50)), median(all((one) => one.p99))];
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms with 8 senders`;
  figure(`CPU per ${name}`, Math.min(...cpu), {
    unit: 'ms',
    goal,
    note: `median ${median(cpu).toFixed(2)}; ${latency}`,
  });
}

/** One connection that waits for each answer, given after processing. */
async function latency(engine: BenchEngine): Promise<void> {
  const first = 1_000_000;
  const { p50, p99 } = await engine.send('his', range(first, 300).map(admission));
  figure('MLLP, new A01 to processed, p50', p50, { unit: 'ms', note: `p99 ${p99.toFixed(1)} ms, one connection` });
}

/** Mixed messages to a built engine: every patient is admitted, updated twice and has two orders of 12 results. */
async function memory(): Promise<void> {
  const server = await Server.start();
  const atStart = server.rss;
  let highest = atStart;
  let messageBytes = 0;
  const timer = setInterval(() => (highest = Math.max(highest, server.rss)), 500);
  const patients = range(0, MESSAGES / 5).values();
  const sender = async (): Promise<void> => {
    const client = await server.connect();
    for (const n of patients) {
      for (const bytes of [admission(n), update(n, 0), update(n, 1), results(n, 0), results(n, 1)]) {
        messageBytes += bytes.length;
        await client.send(bytes);
      }
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  clearInterval(timer);
  const stored = await server.stop();
  const note = `${(atStart / 2 ** 20).toFixed(0)} MiB at the start`;
  figure(`RSS over ${MESSAGES} messages`, highest / 2 ** 20, { unit: 'MiB', goal: 300, note });
  figure('stored per KB of message, mixed', stored / messageBytes, { unit: 'KB', goal: 14 });
}

/** Admits patients without measuring: from many senders at once, whose commits share more of what a group costs. */
async function fill(engine: BenchEngine, patients: number): Promise<void> {
  for (let at = 0; at < patients; at += FILL_BLOCK) {
    await engine.run('his', range(at, Math.min(FILL_BLOCK, patients - at)).map(admission), FILL_SENDERS);
    if ((at + FILL_BLOCK) % 10_000 === 0) process.stderr.write(`${at + FILL_BLOCK} of ${patients} patients\n`);
  }
}

/** New admissions in a small and a large record, by turns. */
async function growth(): Promise<void> {
  const [small, large] = [await BenchEngine.start(), await BenchEngine.start()];
  await fill(small, 1_000);
  await fill(large, PATIENTS);
  const costs = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = range(2_000_000 + round * BLOCK, BLOCK).map(admission);
    costs.few.push((await small.run('his', fresh)).cpuMs);
    costs.many.push((await large.run('his', fresh)).cpuMs);
  }
  await small.close();
  const { messageBytes } = large;
  const stored = await large.close();
  figure(`CPU at ${PATIENTS} patients against 1000`, Math.min(...costs.many) / Math.min(...costs.few), {
    unit: 'x',
    goal: 1.5,
  });
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
