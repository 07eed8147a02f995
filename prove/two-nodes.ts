import { parseArgs } from 'node:util';

import { EngineProcess } from './engine-process.ts';
import { seeded, sleep } from './random.ts';
import { readEnd } from './read.ts';
import { endProgress, progress, result } from './say.ts';
import { FhirSender, MllpSender } from './senders.ts';
import { BEFORE_START_MS, makeSite, removeSite, type Site } from './site.ts';
import { chooseStore } from './store-choice.ts';
import { differences } from './summary.ts';
import { workedOff } from './worked-off.ts';
import { storyOf, writingsOf } from './workload.ts';

/**
 * Two engine processes over one store that speaks MongoDB's protocol. Every sender gives each of its messages to either
 * node, by chance, and to the other one where the first does not answer; the nodes are killed (SIGKILL) in turns. Then
 * compares what the store holds with one undisturbed process that got the same messages.
 * Usage: npm run prove:two-nodes -- [--patients N] [--kills N] [--seed N]
 * Exit code: 0 proven, 1 something is lost or different, 2 the run could not be made.
 */
const CONNECTIONS = 8;

interface Run {
  readonly patients: number;
  readonly kills: number;
  readonly random: () => number;
  readonly start: Date;
}

async function play(site: Site, run: Run, kills: number): Promise<readonly string[]> {
  const engines = site.nodes.map((node) => new EngineProcess(node));
  const up = new Set(engines);
  for (const engine of engines) await engine.start();
  const any = (): EngineProcess | undefined => [...up][Math.floor(run.random() * up.size)];
  const senders = Array.from({ length: CONNECTIONS }, () => new MllpSender(() => any()?.node.port ?? 0));
  const client = new FhirSender(() => any()?.node.http ?? 0);
  const running = [...senders, client].map((sender) => sender.run());
  try {
    const batches = Math.max(1, kills);
    for (let batch = 0; batch < batches; batch += 1) {
      for (let n = batch; n < run.patients; n += batches) {
        senders[n % CONNECTIONS]?.push(storyOf(n, run.start).messages);
        if (n % 4 === 0) client.push(writingsOf(n));
      }
      const engine = engines[batch % engines.length];
      if (batch < kills && engine !== undefined) {
        await disturb(engine, up, run.random);
        progress(`${batch + 1} of ${kills} kills`);
      }
      await workedOff(up, [...senders, client]);
    }
  } finally {
    for (const sender of [...senders, client]) sender.stop();
    await Promise.all(running);
    for (const engine of engines) await engine.stop();
  }
  return senders.flatMap((sender) => sender.acknowledged);
}

/** Kills one node under load; it comes back while the other one takes over, or after it has. */
async function disturb(engine: EngineProcess, up: Set<EngineProcess>, random: () => number): Promise<void> {
  await sleep(50 + random() * 1_500);
  up.delete(engine);
  await engine.kill();
  await sleep(random() * 20_000);
  await engine.start();
  up.add(engine);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      patients: { type: 'string', default: '200' },
      kills: { type: 'string', default: '6' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
    },
  });
  const store = await chooseStore('mongodb');
  if (typeof store === 'string') {
    process.stderr.write(`${store}\n`);
    return 2;
  }
  const started = performance.now();
  const run = {
    patients: Number(values.patients),
    kills: Number(values.kills),
    random: seeded(Number(values.seed)),
    start: new Date(Date.now() - BEFORE_START_MS),
  };
  const [one, two] = [await makeSite('one', store), await makeSite('two', store, 2)];
  const [expected, { acknowledged, actual }] = await Promise.all([
    play(one, run, 0).then(() => readEnd(one)),
    play(two, run, run.kills).then(async (sent) => ({ acknowledged: sent, actual: await readEnd(two) })),
  ]);
  endProgress();
  const lost = acknowledged.filter((control) => actual.states.get(control) !== 'done');
  for (const control of lost.slice(0, 20)) result(`${control}: ${actual.states.get(control) ?? 'not there'}`);
  const different = differences(expected.summary, actual.summary);
  for (const line of different.slice(0, 40)) result(line);
  const seconds = Math.round((performance.now() - started) / 1_000);
  result(
    `prove:two-nodes: ${run.patients} patients, ${run.kills} kills in turns, ${acknowledged.length} messages acknowledged, ` +
      `${lost.length} lost, ${different.length} differences from one process (seed ${values.seed}, ${seconds} s)`,
  );
  if (lost.length > 0 || different.length > 0) return 1;
  await removeSite(one);
  await removeSite(two);
  return 0;
}

process.exit(
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }),
);
