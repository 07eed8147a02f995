// The embedded store: durable commits per second against a floor that commits each message alone, and CPU per row and key.
// Run: node --import ./scripts/ts-register.mjs bench/store.ts [seconds per round, default 1]
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { silentLog } from '../src/core/log.ts';
import type { Metrics } from '../src/core/metrics.ts';
import { noMetrics } from '../src/core/metrics.ts';
import type { ChangeSet, Put } from '../src/store/port.ts';
import { loadBinding } from '../src/store/sqlite/binding.ts';
import { GroupWriter } from '../src/store/sqlite/group.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { migrate } from '../src/store/sqlite/schema.ts';
import { encodeCommit } from '../src/store/sqlite/wire.ts';

const ROUND_MS = Number(process.argv[2] ?? 1) * 1_000;
const ROUNDS = 5;
const CALLERS = [1, 4, 16, 128];

const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-bench-'));
const bytes = Buffer.alloc(1_200, 'MSH|^~\\&|HIS|');

/** What intake writes for one message. */
function message(): ChangeSet {
  const id = randomUUID();
  const receivedAt = new Date();
  const journal = {
    body: JSON.stringify({ state: 'stored', channel: 'his', id }),
    keys: [`ctl|${id}`],
    sequence: 'seq',
  };
  return {
    puts: [
      { collection: 'messages', id, body: bytes, fields: { channel: 'his', receivedAt } },
      { collection: 'journal', id, ...journal, fields: { channel: 'his', state: 'stored', receivedAt } },
    ],
  };
}

/** Four resources with ten exact keys each, two ordered keys and a range: what an ADT leaves behind. */
function record(): readonly Put[] {
  return Array.from({ length: 4 }, (_, index) => {
    const id = `Observation/${randomUUID()}`;
    return {
      collection: 'resources',
      id,
      body: JSON.stringify({ resourceType: 'Observation', id, text: 'x'.repeat(900) }),
      note: '{"HIS":1}',
      keys: Array.from({ length: 10 }, (_key, key) => `Observation|code|http://loinc.org|${id}-${key}`),
      ordered: [`Observation|name|${id}`, `Observation|pinyin|${id}`],
      fields: {
        type: 'Observation',
        lastUpdated: new Date(),
        version: index,
        'Observation|date': [[Date.now(), Date.now() + 1]],
      },
    };
  });
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

function cpuMicros(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

let groups = 0;
const metrics: Metrics = {
  ...noMetrics,
  count: (name) => {
    if (name === 'jingluo_store_groups_total') groups += 1;
  },
};
const store = await openSqlite({ file: path.join(folder, 'store.db') }, systemClock, { log: silentLog, metrics });
const open = await loadBinding();
const floorDb = open(path.join(folder, 'floor.db'), { readOnly: false, busyMs: 0 });
floorDb.prepare('PRAGMA journal_mode = WAL').get([]);
floorDb.exec('PRAGMA synchronous = FULL');
migrate(floorDb);
const floor = new GroupWriter(floorDb);

async function grouped(callers: number): Promise<{ readonly rate: number; readonly fsyncs: number }> {
  groups = 0;
  const end = performance.now() + ROUND_MS;
  let commits = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      await store.commit(message());
      commits += 1;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return { rate: (commits * 1_000) / (performance.now() - started), fsyncs: groups / commits };
}

function alone(): number {
  const started = performance.now();
  let commits = 0;
  for (; performance.now() < started + ROUND_MS; commits += 1) floor.run([encodeCommit(message())], Date.now());
  return (commits * 1_000) / (performance.now() - started);
}

report(`Commits per second, each durable (message + journal row); median of ${ROUNDS} interleaved rounds`);
for (const callers of CALLERS) {
  const rounds: { readonly floor: number; readonly rate: number; readonly fsyncs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push({ floor: alone(), ...(await grouped(callers)) });
  const of = (value: (round: (typeof rounds)[number]) => number): number => median(rounds.map(value));
  const rates = `${of((r) => r.rate).toFixed(0)}/s, alone ${of((r) => r.floor).toFixed(0)}/s`;
  const ratio = of((r) => r.rate / r.floor).toFixed(1);
  report(
    `${String(callers).padStart(4)} callers: ${rates}, ratio ${ratio}, ${of((r) => r.fsyncs).toFixed(2)} fsyncs a commit`,
  );
}

async function cost(name: string, count: number, each: () => ChangeSet, items: number): Promise<void> {
  const sets = Array.from({ length: count }, each);
  const since = process.cpuUsage();
  await Promise.all(sets.map((changes) => store.commit(changes)));
  const micros = cpuMicros(since) / count;
  report(`${name}: ${micros.toFixed(0)} us CPU a commit, ${(micros / items).toFixed(1)} us a row or key`);
}

report('CPU of all threads, commits in groups');
await cost('message + journal', 3_000, message, 3);
await cost('4 resources, 40 exact, 8 ordered, 4 ranges', 1_500, () => ({ puts: record() }), 56);
const kept = record();
await cost('4 resources unchanged but for the body', 1_500, () => ({ puts: kept }), 4);

const ids = kept.map(({ id }) => id);
const reading = process.cpuUsage();
for (let read = 0; read < 5_000; read += 1) await store.getMany('resources', ids);
report(`reading 4 rows by id: ${(cpuMicros(reading) / 20_000).toFixed(1)} us CPU a row`);
const searching = process.cpuUsage();
for (let read = 0; read < 3_000; read += 1) await store.find('resources', { all: kept[0]?.keys?.slice(0, 2) ?? [] });
report(`finding a row by two keys: ${(cpuMicros(searching) / 3_000).toFixed(1)} us CPU`);

await store.close();
floorDb.close();
rmSync(folder, { recursive: true });
