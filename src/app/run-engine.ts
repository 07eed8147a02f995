import { randomUUID } from 'node:crypto';

import { LISTENERS } from '../channels/builtins.ts';
import type { Listener } from '../channels/port.ts';
import type { ChannelConfig } from '../config/engine-config.ts';
import { AdminSocket } from './admin-socket.ts';
import { DemoClock } from './demo/clock.ts';
import { DemoControl } from './demo/control.ts';
import { demoDay } from './demo/read-day.ts';
import { instantOf } from './demo/day.ts';
import type { Engine } from './engine.ts';
import { keepTestsExpired } from './expire-tests.ts';
import { startHttp } from './http.ts';
import { OPERATIONS } from './operations/builtins.ts';
import { pick } from './pick.ts';
import { createPrometheus } from '../server/metrics.ts';
import type { Server } from '../server/server.ts';
import type { Site } from './site.ts';
import { sparingLog } from './sparing-log.ts';
import type { RunningEngine } from './running-engine.ts';
import { openEngine } from './wire.ts';

/** Starts everything that a site describes; rejects, with nothing left running, where something cannot start. */
export async function runEngine(site: Site): Promise<RunningEngine> {
  const { config } = site;
  const clock = config.demo ? await demoClock(config.dataDir) : undefined;
  const metrics = createPrometheus();
  const opened = await openEngine(site, {
    metrics: metrics.port,
    queues: true,
    ...(clock === undefined ? {} : { clock }),
  });
  const { engine } = opened;
  const demo =
    clock === undefined
      ? undefined
      : new DemoControl({ store: engine.store, loop: engine.loop, answers: engine.answers, clock });
  const running = new Running(engine, () => opened.close(), demo);
  try {
    await running.start(config.channels, () => metrics.text());
  } catch (error) {
    await running.stop(0);
    throw error;
  }
  return running;
}

async function demoClock(dataDir: string): Promise<DemoClock> {
  const day = await demoDay();
  return new DemoClock(dataDir, instantOf(day, day.messages[0]?.at ?? '07:30'));
}

class Running implements RunningEngine {
  readonly engine: Engine;
  readonly demo?: DemoControl;
  readonly #listeners = new Map<string, Listener>();
  readonly #closeStore: () => Promise<void>;
  #http: Server | undefined;
  #stopExpiry: (() => Promise<void>) | undefined;
  #admin: AdminSocket | undefined;

  constructor(engine: Engine, closeStore: () => Promise<void>, demo: DemoControl | undefined) {
    this.engine = engine;
    this.#closeStore = closeStore;
    if (demo !== undefined) this.demo = demo;
  }

  get addresses(): readonly string[] {
    const listeners = [...this.#listeners].map(([name, listener]) => `${listener.address} (${name})`);
    return [...listeners, ...(this.#http === undefined ? [] : [this.#http.address])];
  }

  get httpUrl(): string {
    return this.#http?.address ?? '';
  }

  /** In the order in which each rests on the ones before: queues, follow-up, commands, HTTP, then the senders' doors. */
  async start(channels: readonly ChannelConfig[], metricsText: () => Promise<string>): Promise<void> {
    for (const queue of this.engine.queues.values()) await queue.start();
    await this.engine.loop.start();
    const { store, config, log } = this.engine;
    this.#stopExpiry = keepTestsExpired(store, config.testDays, log);
    this.#admin = new AdminSocket(this.engine, OPERATIONS, this.engine.config.dataDir);
    await this.#admin.start();
    this.#http = await startHttp(this.engine, { metricsText, ...(this.demo === undefined ? {} : { demo: this.demo }) });
    for (const channel of channels) await this.#listen(channel);
  }

  portOf(channel: string): number {
    const address = this.#listeners.get(channel)?.address ?? '';
    return Number(/:(\d+)(?:\/|$)/.exec(address)?.[1] ?? 0);
  }

  async settle(): Promise<void> {
    for (const queue of this.engine.queues.values()) await queue.idle();
    await this.engine.loop.drain();
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.stop(graceMs)));
    await this.#http?.stop(graceMs);
    await Promise.all([...this.engine.queues.values()].map((queue) => queue.stop(graceMs)));
    await this.engine.loop.stop(graceMs);
    await this.#stopExpiry?.();
    await this.#admin?.stop();
    await this.#closeStore();
  }

  async #listen({ type, settings, config }: ChannelConfig): Promise<void> {
    const { log, metrics, clock, intake } = this.engine;
    const listener = pick(LISTENERS, type).create(config, {
      name: settings.name,
      log: sparingLog(log),
      metrics,
      clock,
      newId: randomUUID,
      deliver: (delivery) => intake.take(delivery, settings),
    });
    await listener.start();
    this.#listeners.set(settings.name, listener);
  }
}
