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
 * Kills the engine (SIGKILL) at random instants under eight connections that send again what was not acknowledged, and a
 * FHIR client that repeats its writes; then compares what the store holds with an undisturbed run of the same messages:
 * nothing acknowledged may be lost, no version, event, occurrence, attempt or message may be there twice.
 * In every second round the engine is killed again while it recovers. Between rounds it works off what it has, because
 * a message at which it stops three times in a row is set aside (`pipeline.poison`).
 * Usage: npm run prove:crash -- --store sqlite|mongodb --rounds N [--seed N]
 * Exit code: 0 proven, 1 something is lost or different, 2 the run could not be made.
 */
const CONNECTIONS = 8;
const PATIENTS_A_ROUND = 8;
/** Within this time after its start the engine recovers: on a shared store only after the lease of the killed one. */
const RECOVERY_MS = 20_000;

interface Run {
  readonly rounds: number;
  readonly random: () => number;
  readonly start: Date;
}

interface Played {
  readonly acknowledged: readonly string[];
  readonly answered: number;
  readonly kills: number;
}

async function play(site: Site, run: Run, killed: boolean): Promise<Played> {
  const [node] = site.nodes;
  if (node === undefined) throw new TypeError('a site without nodes');
  const engine = new EngineProcess(node);
  await engine.start();
  const senders = Array.from({ length: CONNECTIONS }, () => new MllpSender(() => node.port));
  const client = new FhirSender(() => node.http);
  const running = [...senders, client].map((sender) => sender.run());
  let kills = 0;
  try {
    for (let round = 0; round < run.rounds; round += 1) {
      for (let n = 0; n < PATIENTS_A_ROUND; n += 1) {
        const patient = round * PATIENTS_A_ROUND + n;
        senders[n % CONNECTIONS]?.push(storyOf(patient, run.start).messages);
        if (n % 4 === 0) client.push(writingsOf(patient));
      }
      if (killed) kills += await disturb(engine, run, round);
      await workedOff([engine], [...senders, client]);
      if (killed) progress(`round ${round + 1} of ${run.rounds}, ${kills} kills`);
    }
  } finally {
    for (const sender of [...senders, client]) sender.stop();
    await Promise.all(running);
    await engine.stop();
  }
  const acknowledged = senders.flatMap((sender) => sender.acknowledged);
  return { acknowledged, answered: client.answered.length, kills };
}

/** Kills under load; in every second round again in the midst of the recovery. */
async function disturb(engine: EngineProcess, { random }: Run, round: number): Promise<number> {
  await sleep(10 + random() * 700);
  await engine.kill();
  await engine.start();
  if (round % 2 === 0) return 1;
  await engine.processes(RECOVERY_MS);
  await sleep(random() * 150);
  await engine.kill();
  await engine.start();
  return 2;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      store: { type: 'string', default: 'sqlite' },
      rounds: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
    },
  });
  const store = await chooseStore(values.store);
  if (typeof store === 'string') {
    process.stderr.write(`${store}\n`);
    return 2;
  }
  const started = performance.now();
  const run = {
    rounds: Number(values.rounds),
    random: seeded(Number(values.seed)),
    start: new Date(Date.now() - BEFORE_START_MS),
  };
  const [calm, wild] = [await makeSite('calm', store), await makeSite('wild', store)];
  // Side by side: what one waits for (leases that must run out) costs the other nothing.
  const [expected, { played, actual }] = await Promise.all([
    play(calm, run, false).then(() => readEnd(calm)),
    play(wild, run, true).then(async (played) => ({ played, actual: await readEnd(wild) })),
  ]);
  endProgress();
  const lost = played.acknowledged.filter((control) => actual.states.get(control) !== 'done');
  for (const control of lost.slice(0, 20)) result(`${control}: ${actual.states.get(control) ?? 'not there'}`);
  const different = differences(expected.summary, actual.summary);
  for (const line of different.slice(0, 40)) result(line);
  const seconds = Math.round((performance.now() - started) / 1_000);
  result(
    `prove:crash ${store.name}: ${run.rounds} rounds, ${played.kills} kills, ${played.acknowledged.length} messages and ${played.answered} FHIR writes acknowledged, ` +
      `${lost.length} lost, ${different.length} differences from an undisturbed run (seed ${values.seed}, ${seconds} s)`,
  );
  if (lost.length > 0 || different.length > 0) return 1;
  await removeSite(calm);
  await removeSite(wild);
  return 0;
}

process.exit(
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 2;
  }),
);
