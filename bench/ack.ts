// Durable acknowledgements over real MLLP connections, against a floor: the same listener and intake, but each message
// committed alone. The sender is a process of its own; rounds by turns. Nothing is processed here.
// Run: node --import ./scripts/ts-register.mjs bench/ack.ts [seconds per round, default 1]
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { LISTENERS } from '../src/channels/builtins.ts';
import type { Listener } from '../src/channels/port.ts';
import type { ChannelSettings } from '../src/core/channel-settings.ts';
import { systemClock } from '../src/core/clock.ts';
import { silentLog } from '../src/core/log.ts';
import { noMetrics, type Metrics } from '../src/core/metrics.ts';
import { Intake } from '../src/pipeline/intake.ts';
import type { Store } from '../src/store/port.ts';
import { loadBinding } from '../src/store/sqlite/binding.ts';
import { GroupWriter } from '../src/store/sqlite/group.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { migrate } from '../src/store/sqlite/schema.ts';
import { encodeCommit } from '../src/store/sqlite/wire.ts';
import { loadSite } from '../src/app/site.ts';
import { figure, median } from './support/figures.ts';

const ROUND_MS = Number(process.argv[2] ?? 1) * 1_000;
const ROUNDS = 5;
const GOALS: ReadonlyMap<number, number | undefined> = new Map([
  [1, undefined],
  [4, undefined],
  [16, 2.5],
  [128, 4],
]);

const folder = mkdtempSync(path.join(tmpdir(), 'jingluo-bench-'));
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
// As the writer of the store has it.
floorDb.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -32000');
floorDb.prepare('PRAGMA journal_size_limit = 67108864').get([]);
migrate(floorDb);
const writer = new GroupWriter(floorDb);
/** Commits each message alone and at once; intake asks for nothing else. */
const floor: Store = Object.create(store, {
  commit: {
    value: (changes: Parameters<Store['commit']>[0]) => {
      const [outcome] = writer.run([encodeCommit(changes)], Date.now());
      if (outcome?.[0] !== 'done') throw new TypeError(String(outcome));
      return Promise.resolve({ ok: true, at: new Date(), sequences: outcome[1] });
    },
  },
}) as Store;

const { mappings } = await loadSite({ data: path.join(folder, 'data') });
const settings: ChannelSettings = {
  name: 'his',
  source: 'HIS',
  ack: 'checked',
  ackTimeoutMs: 30_000,
  zone: 'Asia/Shanghai',
  ids: {},
  snapshots: [],
  backfill: false,
  onFailure: 'continue',
};

async function listen(into: Store): Promise<Listener> {
  const deps = { store: into, mappings: () => mappings, queue: () => undefined, log: silentLog, metrics: noMetrics };
  const intake = new Intake(deps);
  const plugin = LISTENERS.find(({ type }) => type === 'mllp');
  if (plugin === undefined) throw new TypeError('no MLLP listener');
  const listener = plugin.create(
    { port: 0 },
    {
      name: 'his',
      log: silentLog,
      metrics: noMetrics,
      clock: systemClock,
      newId: randomUUID,
      deliver: (delivery) => intake.take(delivery, settings),
    },
  );
  await listener.start();
  return listener;
}

const portOf = (listener: Listener): number => Number(/:(\d+)$/.exec(listener.address)?.[1] ?? 0);

const listeners = { grouped: await listen(store), alone: await listen(floor) };
const sender = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--import',
    path.resolve('scripts/ts-register.mjs'),
    path.resolve('bench/support/mllp-senders-child.ts'),
  ],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
const answers = createInterface({ input: sender.stdout });
let round = 0;

/** Acknowledgements a second. */
async function rate(
  listener: Listener,
  connections: number,
): Promise<{ readonly sent: number; readonly rate: number }> {
  round += 1;
  sender.stdin.write(`${JSON.stringify({ port: portOf(listener), connections, ms: ROUND_MS, round })}\n`);
  const line = await new Promise<string>((resolve) => answers.once('line', resolve));
  const { sent, seconds } = JSON.parse(line) as { sent: number; seconds: number };
  return { sent, rate: sent / seconds };
}

await rate(listeners.grouped, 4);
await rate(listeners.alone, 4);
for (const [connections, goal] of GOALS) {
  const rounds: { readonly grouped: number; readonly alone: number; readonly fsyncs: number }[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const alone = await rate(listeners.alone, connections);
    groups = 0;
    const grouped = await rate(listeners.grouped, connections);
    rounds.push({ grouped: grouped.rate, alone: alone.rate, fsyncs: groups / grouped.sent });
  }
  const of = (value: (one: (typeof rounds)[number]) => number): number => median(rounds.map(value));
  const rates = `${of((one) => one.grouped).toFixed(0)}/s, alone ${of((one) => one.alone).toFixed(0)}/s`;
  figure(
    `acknowledged, ${connections} connections`,
    of((one) => one.grouped / one.alone),
    {
      unit: 'x',
      atLeast: true,
      note: `${rates}, ${of((one) => one.fsyncs).toFixed(2)} fsyncs a message`,
      ...(goal === undefined ? {} : { goal }),
    },
  );
}

sender.stdin.end();
await Promise.all([listeners.grouped.stop(1_000), listeners.alone.stop(1_000)]);
await store.close();
floorDb.close();
rmSync(folder, { recursive: true });
