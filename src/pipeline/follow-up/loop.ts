import { jsonOf } from '../../store/body.ts';
import cron from 'node-cron';
import type { ScheduledTask } from 'node-cron';
import { Draft } from '../../store/draft.ts';
import type { Row } from '../../store/port.ts';
import { carryOut } from './carry-out.ts';
import type { Outgoing } from './carrying.ts';
import type { FollowUpLoop } from './contract.ts';
import type { LoopDeps } from './loop-deps.ts';
import { LEASE_MS } from './loop-deps.ts';
import { Rate } from './rate.ts';
import { endStaleLeases, judgeLost, settleLost } from './recover.ts';
import type { Attempt, Occurrence } from './rows.ts';
import { callProvider, halfLeaseRemains } from './send.ts';
import { Session } from './session.ts';
import type { Verdict } from './settle.ts';
import { settle } from './settle.ts';
import { noted } from './stop.ts';

const BATCH = 20;
const MOST_CONFLICTS = 12;
const SAFETY_NET = '*/15 * * * * *';
const SKEW_WARN_MS = 60_000;
const SKEW_STOP_MS = 300_000;
const RANK: Readonly<Record<string, number>> = { stat: 0, asap: 1, urgent: 2, routine: 3 };

/** Makes the loop that carries out what is due. */
export function createFollowUpLoop(deps: LoopDeps): FollowUpLoop {
  return new Loop(deps);
}

class Loop implements FollowUpLoop {
  readonly #deps: LoopDeps;
  readonly #rates = new Map<string, Rate>();
  #running: Promise<number> | undefined;
  #again = false;
  #stopping = false;
  #cron: ScheduledTask | undefined;

  constructor(deps: LoopDeps) {
    this.#deps = deps;
    for (const { name } of deps.senders) this.#rates.set(name, new Rate(deps.config.policy.perSecond, deps.monotonic));
  }

  wake(): void {
    if (this.#stopping) return;
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.drain().catch((error: unknown) => {
      this.#deps.log.warn('follow-up.failed', { error: error instanceof Error ? error.name : 'unknown' });
    });
  }

  async start(): Promise<void> {
    this.#stopping = false;
    if (this.#deps.sole === true) await this.#endStaleLeases();
    const net = this.#deps.safetyNet ?? SAFETY_NET;
    if (net !== false) {
      this.#cron = cron.schedule(net, () => {
        this.wake();
      });
    }
    this.wake();
  }

  /** Where it fails the leases run out by themselves. */
  async #endStaleLeases(): Promise<void> {
    try {
      await endStaleLeases(this.#deps);
    } catch (error) {
      this.#deps.log.warn('follow-up.failed', { error: error instanceof Error ? error.name : 'unknown' });
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await this.#cron?.destroy();
    const running = this.#running;
    if (running === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([running.catch(() => 0), grace]);
    clearTimeout(timer);
  }

  async drain(): Promise<number> {
    while (this.#running !== undefined) await this.#running.catch(() => 0);
    this.#running = this.#drainAll();
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    }
  }

  async #drainAll(): Promise<number> {
    let total = 0;
    for (;;) {
      if (this.#stopping || !(await this.#clocksAgree())) return total;
      const carried = (await this.#recover()) + (await this.#carryOut());
      if (carried === 0) return total;
      total += carried;
    }
  }

  /** Due times are compared with the store's clock; a node that disagrees with it by minutes sends nothing. */
  async #clocksAgree(): Promise<boolean> {
    const { wallClock, store, log } = this.#deps;
    if (wallClock === undefined) return true;
    const skew = Math.abs((await store.now()).getTime() - wallClock().getTime());
    if (skew > SKEW_WARN_MS) log.warn('clock.skewed', { seconds: Math.round(skew / 1000), code: 'trigger.clock-skew' });
    return skew <= SKEW_STOP_MS;
  }

  async #carryOut(): Promise<number> {
    const { store, owner } = this.#deps;
    const since = this.#deps.monotonic();
    const rows = await store.claim('occurrences', await store.now(), owner, this.#leaseMs, BATCH);
    const urgent = [...rows].sort((a, b) => this.#rankOf(a) - this.#rankOf(b));
    await Promise.all(urgent.map((row) => this.#one(row, since)));
    return rows.length;
  }

  async #recover(): Promise<number> {
    const { store, owner } = this.#deps;
    const rows = await store.claim('attempts', await store.now(), owner, this.#leaseMs, BATCH);
    for (const row of rows) {
      const attempt = jsonOf<Attempt>(row);
      const verdict = await judgeLost(this.#deps, attempt);
      this.#deps.metrics.count('jingluo_attempts_looked_up_total', { channel: attempt.channel });
      await this.#decide(attempt.id, (session) => settleLost(session, this.#deps, attempt.id, verdict));
    }
    return rows.length;
  }

  async #one(row: Row, since: number): Promise<void> {
    try {
      const outgoing = await this.#decide(row.id, (session) => this.#carryOutClaimed(session, row, since));
      for (const one of outgoing ?? []) await this.#send(one, since);
    } catch (error) {
      this.#deps.log.error('occurrence.failed', {
        occurrence: row.id,
        error: error instanceof Error ? error.name : 'unknown',
      });
      await this.#markFailed(row, error);
    }
  }

  async #carryOutClaimed(session: Session, row: Row, since: number): Promise<readonly Outgoing[]> {
    const current = await session.draft.get('occurrences', row.id);
    if (current?.fields['leaseOwner'] !== this.#deps.owner || !halfLeaseRemains(this.#deps, since)) return [];
    const occurrence = jsonOf<Occurrence>(current);
    if (occurrence.state !== 'planned') return [];
    const outgoing = await carryOut(session, this.#deps, occurrence);
    for (const { attempt, sender } of outgoing) {
      if (attempt.priority !== 'stat') await this.#rates.get(sender.name)?.take();
    }
    return outgoing;
  }

  async #send(outgoing: Outgoing, since: number): Promise<void> {
    const status = await callProvider(this.#deps, outgoing, since);
    if (status?.status === 'unknown') {
      this.#deps.metrics.count('jingluo_attempts_unknown_total', { channel: outgoing.attempt.channel });
      return;
    }
    const verdict: Verdict = status ?? { status: 'unsent' };
    await this.#decide(outgoing.attempt.id, (session) => settle(session, this.#deps, outgoing.attempt.id, verdict));
  }

  /** Reads, decides and commits; decides again after a conflict. */
  async #decide<T>(cause: string, decide: (session: Session) => Promise<T>): Promise<T | undefined> {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
      const draft = new Draft(this.#deps.store);
      const now = await this.#deps.store.now();
      const session = new Session(this.#deps, draft, { cause, at: now, now, backfill: false });
      const decided = await decide(session);
      await session.finish();
      if (draft.empty) return decided;
      const committed = await draft.commit();
      if (committed.ok) return decided;
    }
    this.#deps.log.warn('follow-up.conflicts', { cause });
    return undefined;
  }

  /** A fault of ours must not stop the others nor repeat for ever; while the store is down nothing is marked. */
  async #markFailed(row: Row, error: unknown): Promise<void> {
    if (error instanceof Error && error.name === 'StoreUnavailable') return;
    const draft = new Draft(this.#deps.store);
    const current = await draft.get('occurrences', row.id);
    if (current === undefined) return;
    const occurrence = jsonOf<Occurrence>(current);
    if (occurrence.state !== 'planned') return;
    const now = await this.#deps.store.now();
    const session = new Session(this.#deps, draft, { cause: row.id, at: now, now, backfill: false });
    await session.saveOccurrence(noted(session, { ...occurrence, state: 'failed' }, 'bug'));
    // The fault may lie in the document itself; the next change of the person makes it again.
    await session.finish().catch(() => undefined);
    await draft.commit();
  }

  #rankOf(row: Row): number {
    const occurrence = jsonOf<Occurrence>(row);
    const plan = this.#deps.config.plans.find(
      (one) => one.id === occurrence.plan && one.version === occurrence.version,
    );
    const actions = occurrence.actions ?? plan?.steps.find((step) => step.id === occurrence.step)?.actions ?? [];
    return Math.min(3, ...actions.map((action) => RANK[action.priority ?? 'routine'] ?? 3));
  }

  get #leaseMs(): number {
    return this.#deps.leaseMs ?? LEASE_MS;
  }
}
