import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { MllpClient } from '../src/channels/mllp/client.ts';
import { HOME } from '../src/app/home.ts';
import { loadSite } from '../src/app/site.ts';
import type { Engine } from '../src/app/engine.ts';
import { openEngine } from '../src/app/wire.ts';
import { readJournal } from '../src/pipeline/journal.ts';
import { differences, summarise, type Summary } from './summary.ts';
import { storyOf, type PatientStory } from './workload.ts';

/**
 * Kills the engine (SIGKILL) at random instants under eight connections that send again what was not acknowledged, then
 * compares what the store holds with an undisturbed run of the same messages: nothing acknowledged may be lost, no
 * version, event, occurrence or attempt may be there twice.
 * Usage: npm run prove:crash -- --store sqlite|mongodb --rounds N [--seed N]
 */
const CONNECTIONS = 8;
const PATIENTS_A_ROUND = 8;

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    url: { type: 'string', default: process.env['JINGLUO_TEST_MONGODB_URL'] ?? '' },
  },
});
const rounds = Number(values.rounds);
const random = lcg(Number(values.seed));

/** A small generator, so that a seed gives the same run again. */
function lcg(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Site {
  readonly folder: string;
  readonly config: string;
  readonly data: string;
  readonly port: number;
}

/** A site of its own: one channel, a plan that messages patients at once, and the phone that keeps what it is given. */
async function makeSite(name: string): Promise<Site> {
  const folder = await mkdtemp(path.join(tmpdir(), `jingluo-${name}-`));
  const [port, http] = [await freePort(), await freePort()];
  const zone = noonZone();
  const store =
    values.store === 'mongodb'
      ? `{ type: mongodb, url: "${values.url}", database: "prove_${name}_${Date.now()}" }`
      : `{ type: ${values.store} }`;
  await writeFile(
    path.join(folder, 'jingluo.yaml'),
    [
      `timezone: "${zone}"`,
      `store: ${store}`,
      'sources: { HIS: { owns: [HOSP01], ids: { MR: HOSP01 } } }',
      `channels: [{ name: his, type: mllp, source: HIS, port: ${port} }]`,
      'senders: [{ name: phone, type: demo-phone }]',
      `http: { port: ${http}, auth: none }`,
      'folders: { plans: plans, templates: templates, directory: directory.yaml }',
    ].join('\n'),
  );
  await writeSiteFiles(folder, zone);
  return { folder, config: path.join(folder, 'jingluo.yaml'), data: path.join(folder, 'data'), port };
}

/** A zone where it is about noon now, so that no quiet hours hold anything. */
function noonZone(): string {
  const hours = 12 - new Date().getUTCHours();
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

async function writeSiteFiles(folder: string, zone: string): Promise<void> {
  await mkdir(path.join(folder, 'plans'));
  await mkdir(path.join(folder, 'templates'));
  await writeFile(
    path.join(folder, 'plans', 'welcome.yaml'),
    [
      'kind: FollowUpPlan',
      'id: prove-welcome',
      'version: 1.0.0',
      'title: Welcome',
      'status: active',
      `timezone: "${zone}"`,
      'purpose: treatment',
      'enroll: { on: [encounter.admitted], when: "true", key: "%event.encounter.id" }',
      'steps:',
      '  - { id: welcome, on: [encounter.admitted], do: [{ type: message, to: patient, template: prove-welcome, channels: [sms] }] }',
      '  - { id: tell, on: [encounter.admitted], do: [{ type: task, to: follow-up-team, text: "new admission" }] }',
    ].join('\n'),
  );
  const template = '{ id: prove-welcome, version: 1.0.0, audience: patient, text: "welcome" }';
  await writeFile(path.join(folder, 'templates', 'prove.yaml'), `templates:\n  - ${template}\n`);
  await writeFile(
    path.join(folder, 'directory.yaml'),
    'hospital: prove\nstaff: [{ id: T1, name: team, sms: "13900000001" }]\nroles: { follow-up-team: [T1] }\n',
  );
}

async function startEngine(site: Site): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [path.join(HOME, 'bin', 'jingluo.js'), 'start', '--no-demo', '--config', site.config, '--data', site.data],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, JINGLUO_LOG: 'error' } },
  );
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000);
  });
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (said.includes('(his)')) return child;
    if (child.exitCode !== null) break;
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new TypeError(`the engine did not start:\n${said}`);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends the messages of its patients one after the other; what is not acknowledged is sent again. */
class Sender {
  readonly acknowledged: string[] = [];
  readonly #port: number;
  readonly #queue: string[] = [];
  #client: MllpClient | undefined;
  #stopped = false;

  constructor(port: number) {
    this.#port = port;
  }

  push(story: PatientStory): void {
    this.#queue.push(...story.messages);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      const [next] = this.#queue;
      if (next === undefined) {
        await sleep(5);
        continue;
      }
      try {
        this.#client ??= await MllpClient.connect({ host: '127.0.0.1', port: this.#port, ackTimeoutMs: 10_000 });
        const ack = Buffer.from(await this.#client.send(Buffer.from(next))).toString('utf8');
        if (!/\rMSA\|AA\|/.test(ack)) throw new TypeError(`unexpected answer ${ack.replaceAll('\r', ' ')}`);
        this.#queue.shift();
        this.acknowledged.push(next.split('|')[9] ?? '');
      } catch (error) {
        if (error instanceof TypeError && error.message.startsWith('unexpected')) throw error;
        this.#client?.close();
        this.#client = undefined;
        await sleep(10);
      }
    }
    this.#client?.close();
  }

  stop(): void {
    this.#stopped = true;
  }
}

async function stopEngine(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function play(
  site: Site,
  killed: boolean,
): Promise<{ readonly acknowledged: readonly string[]; readonly kills: number }> {
  let child = await startEngine(site);
  const senders = Array.from({ length: CONNECTIONS }, () => new Sender(site.port));
  const running = senders.map((sender) => sender.run());
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < PATIENTS_A_ROUND; n += 1)
      senders[n % CONNECTIONS]?.push(storyOf(round * PATIENTS_A_ROUND + n, 'P'));
    if (killed) {
      await sleep(20 + random() * 400);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      kills += 1;
      child = await startEngine(site);
      process.stderr.write(`\rround ${round + 1} of ${rounds}`);
    }
  }
  while (senders.some((sender) => sender.waiting > 0)) await sleep(20);
  for (const sender of senders) sender.stop();
  await Promise.all(running);
  await sleep(1_000);
  await stopEngine(child);
  return { acknowledged: senders.flatMap((sender) => sender.acknowledged), kills };
}

interface Ended {
  readonly summary: Summary;
  readonly states: ReadonlyMap<string, string>;
}

/** Longest time that a lease of a killed process holds an occurrence back, and some more. */
const LEASES_OVER_MS = 150_000;

/** What a killed process had claimed is carried out once its lease has run out. */
async function untilCarriedOut({ store, loop }: Engine): Promise<void> {
  const end = Date.now() + LEASES_OVER_MS;
  for (;;) {
    await loop.drain();
    const due = [{ field: 'dueAt', op: 'le', value: await store.now() }] as const;
    const open = (await store.count('occurrences', { where: due })) + (await store.count('attempts', { where: due }));
    if (open === 0 || Date.now() > end) return;
    await sleep(500);
  }
}

/** Opens the store after everything, lets what is left be processed, and reads it. */
async function read(site: Site): Promise<Ended> {
  const opened = await openEngine(await loadSite({ config: site.config, data: site.data }), { queues: true });
  const { engine, close } = opened;
  for (const queue of engine.queues.values()) await queue.start();
  for (const queue of engine.queues.values()) await queue.idle();
  await untilCarriedOut(engine);
  const states = new Map<string, string>();
  let after: string | undefined;
  do {
    const page = await engine.store.find('journal', { limit: 1000, ...(after === undefined ? {} : { after }) });
    for (const row of page.rows) {
      const { entry } = readJournal(row);
      states.set(entry.control ?? '', entry.state);
    }
    after = page.next;
  } while (after !== undefined);
  const summary = await summarise(engine.store);
  for (const queue of engine.queues.values()) await queue.stop(1_000);
  await close();
  return { summary, states };
}

const [calm, wild] = [await makeSite('calm'), await makeSite('wild')];
await play(calm, false);
const expected = await read(calm);
const { acknowledged, kills } = await play(wild, true);
const actual = await read(wild);
process.stderr.write('\n');
if (process.env['PROVE_SHOW'] !== undefined)
  process.stdout.write(`${JSON.stringify(expected.summary[process.env['PROVE_SHOW'] ?? ''], undefined, 1)}\n`);
const lost = acknowledged.filter((control) => actual.states.get(control) !== 'done');
const different = differences(expected.summary, actual.summary);
for (const line of different.slice(0, 20)) process.stdout.write(`${line}\n`);
process.stdout.write(
  `${values.store}: ${kills} kills, ${acknowledged.length} acknowledged, ${lost.length} lost, ${different.length} differences from an undisturbed run (seed ${values.seed})\n`,
);
await rm(calm.folder, { recursive: true, force: true });
await rm(wild.folder, { recursive: true, force: true });
process.exit(lost.length === 0 && different.length === 0 ? 0 : 1);
