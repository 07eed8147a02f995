import { describe, expect, test } from '@jest/globals';
import { createFollowUpLoop } from '../../../src/pipeline/follow-up/loop.ts';
import type { Sender, SendRequest } from '../../../src/senders/port.ts';
import type { Store } from '../../../src/store/port.ts';
import { operation, potassium, stay, World } from './world.ts';

/** The process dies at a step: nothing after it is done by it. */
class Killed extends Error {}

/** Kills the process at step `at`: before or after the step has taken effect. */
class Killer {
  readonly #at: number;
  readonly #after: boolean;
  #step = 0;
  #dead = false;

  constructor(at: number, after: boolean) {
    this.#at = at;
    this.#after = after;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#mustLive();
    const mine = ++this.#step === this.#at;
    if (mine && !this.#after) return this.#die();
    const result = await work();
    if (mine) return this.#die();
    this.#mustLive();
    return result;
  }

  get dead(): boolean {
    return this.#dead;
  }

  #mustLive(): void {
    if (this.#dead) throw new Killed();
  }

  #die(): never {
    this.#dead = true;
    throw new Killed();
  }
}

/** What the provider was asked, and what it delivered. */
interface Provider {
  readonly calls: SendRequest[];
  readonly delivered: SendRequest[];
  killer: Killer | undefined;
}

function providerOf(
  provider: Provider,
  options: { readonly refuses: boolean; readonly lookup: boolean },
): (phone: Sender) => Sender {
  return (phone) => ({
    ...phone,
    refusesRepeatedId: options.refuses,
    send: (request) => {
      const deliver = (): Promise<{ status: 'accepted' }> => {
        provider.calls.push(request);
        const known = options.refuses && provider.delivered.some((one) => one.id === request.id);
        if (!known) provider.delivered.push(request);
        return Promise.resolve({ status: 'accepted' });
      };
      return provider.killer?.run(deliver) ?? deliver();
    },
    lookup: (id) => {
      const known = options.lookup && provider.delivered.some((one) => one.id === id);
      return Promise.resolve(known ? { status: 'accepted' } : { status: 'not-found' });
    },
  });
}

function killable(store: Store, current: () => Killer | undefined): Store {
  const through = <T>(work: () => Promise<T>): Promise<T> => current()?.run(work) ?? work();
  return {
    get: (...args) => store.get(...args),
    getMany: (...args) => store.getMany(...args),
    revs: (...args) => store.revs(...args),
    find: (...args) => store.find(...args),
    count: (...args) => store.count(...args),
    commit: (changes) => through(() => store.commit(changes)),
    claim: (...args) => through(() => store.claim(...args)),
    watch: (...args) => store.watch(...args),
    now: () => store.now(),
    close: () => store.close(),
  };
}

interface Outcome {
  readonly world: World;
  readonly provider: Provider;
  readonly crashed: boolean;
}

/** Runs a scenario, kills the loop at one step, lets another node carry on. */
async function crashAt(
  scenario: (world: World) => Promise<void>,
  options: { readonly refuses: boolean; readonly lookup: boolean; readonly due: string },
  kill: { readonly at: number; readonly after: boolean },
): Promise<Outcome> {
  const provider: Provider = { calls: [], delivered: [], killer: undefined };
  const world = new World('2026-11-21T08:00:00+08:00', {
    sender: providerOf(provider, options),
    store: (store) => killable(store, () => provider.killer),
  });
  await scenario(world);
  const killer = new Killer(kill.at, kill.after);
  provider.killer = killer;
  world.now = new Date(options.due);
  await world.loop.drain().catch(() => 0);
  provider.killer = undefined;
  world.loop = createFollowUpLoop({ ...world.deps, owner: 'node-2' });
  for (let minutes = 2; minutes <= 8; minutes += 2) {
    await world.at(new Date(Date.parse(options.due) + minutes * 60_000).toISOString());
  }
  return { world, provider, crashed: killer.dead };
}

const joint = async (world: World): Promise<void> => {
  await world.apply(
    'r1',
    [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', '2026-11-19')],
    [{ type: 'encounter.discharged', ref: 'Encounter/e1' }],
  );
};
const critical = async (world: World): Promise<void> => {
  await world.apply(
    'r1',
    [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), potassium('o1', 6.8)],
    [{ type: 'observation.final', ref: 'Observation/o1', encounter: 'Encounter/e1' }],
  );
};

const KILLS = Array.from({ length: 8 }, (_unused, index) => index + 1).flatMap((at) =>
  [true, false].map((after) => ({ at, after })),
);

describe.each([
  { name: 'a provider that refuses repeated ids', refuses: true, lookup: true },
  { name: 'a provider with look-up only', refuses: false, lookup: true },
  { name: 'a provider that knows nothing', refuses: false, lookup: false },
])('killed at any step, with $name', ({ refuses, lookup }) => {
  test('a patient gets a message at most once, and it is never lost without a work order', async () => {
    let crashes = 0;
    for (const kill of KILLS) {
      const { world, provider, crashed } = await crashAt(
        joint,
        { refuses, lookup, due: '2026-11-22T10:00:00+08:00' },
        kill,
      );
      if (crashed) crashes += 1;
      const attempts = await world.attempts();
      const tasks = await world.resources('Task');
      expect(provider.delivered.length).toBeLessThanOrEqual(1);
      expect(provider.delivered.length + tasks.length).toBeGreaterThanOrEqual(1);
      expect(provider.calls.length).toBeLessThanOrEqual(attempts.length);
      expect(attempts.filter((one) => one.state === 'sending')).toEqual([]);
    }
    expect(crashes).toBeGreaterThan(5);
  });

  test('staff is told at least once, again only with the mark', async () => {
    for (const kill of KILLS) {
      const { world, provider } = await crashAt(critical, { refuses, lookup, due: '2026-11-21T08:00:01+08:00' }, kill);
      const attempts = await world.attempts();
      expect(provider.delivered.length).toBeGreaterThanOrEqual(1);
      expect(provider.calls.length).toBeLessThanOrEqual(attempts.length);
      expect(provider.delivered.slice(1).every((one) => one.text.startsWith('【重复】'))).toBe(true);
      // The mark says that it may have come before: where the provider lets nothing through twice, that cannot be.
      const marked = provider.delivered.filter((one) => one.text.startsWith('【重复】')).length;
      expect(refuses ? marked : 0).toBe(0);
      expect(await world.resources('Task')).toHaveLength(1);
      const escalations = (await world.occurrences()).filter((one) => one.kind === 'escalation');
      expect(escalations).toHaveLength(3);
    }
  });
});

test('where no other process can use the store, staff is told without waiting for the leases of a killed one', async () => {
  for (const kill of KILLS) {
    const provider: Provider = { calls: [], delivered: [], killer: undefined };
    const world = new World('2026-11-21T08:00:00+08:00', {
      sender: providerOf(provider, { refuses: false, lookup: true }),
      store: (store) => killable(store, () => provider.killer),
    });
    await critical(world);
    provider.killer = new Killer(kill.at, kill.after);
    await world.loop.drain().catch(() => 0);
    provider.killer = undefined;
    world.loop = createFollowUpLoop({ ...world.deps, owner: 'node-2', sole: true });
    await world.loop.start();
    await world.loop.drain();
    expect(provider.delivered.length).toBeGreaterThanOrEqual(1);
    expect((await world.attempts()).filter((one) => one.state === 'sending')).toEqual([]);
    const [alert] = (await world.occurrences()).filter((one) => one.kind === 'step');
    expect(alert?.state).toBe('done');
  }
});

describe('a provider without an answer', () => {
  test('is looked up, not called again', async () => {
    const provider: Provider = { calls: [], delivered: [], killer: undefined };
    const world = new World('2026-11-21T08:00:00+08:00', {
      sender: (phone) => ({
        ...providerOf(provider, { refuses: false, lookup: true })(phone),
        send: (request) => {
          provider.calls.push(request);
          provider.delivered.push(request);
          return Promise.reject(new TypeError('socket'));
        },
      }),
    });
    await joint(world);
    await world.at('2026-11-22T10:00:00+08:00');
    expect((await world.attempts())[0]).toMatchObject({ state: 'sending' });
    await world.at('2026-11-22T10:02:00+08:00');
    expect((await world.attempts())[0]).toMatchObject({ state: 'accepted' });
    expect(provider.calls).toHaveLength(1);
  });

  test('is not called when more than half of the lease is gone', async () => {
    const provider: Provider = { calls: [], delivered: [], killer: undefined };
    const world = new World('2026-11-21T08:00:00+08:00', {
      sender: providerOf(provider, { refuses: false, lookup: true }),
    });
    await joint(world);
    world.now = new Date('2026-11-22T10:00:00+08:00');
    // Slow machine: 20 s pass at every look at the clock. The lease is 60 s.
    let mono = 0;
    await createFollowUpLoop({ ...world.deps, monotonic: () => (mono += 20_000), leaseMs: 60_000 }).drain();
    expect(provider.calls).toEqual([]);
    await world.at('2026-11-22T10:02:00+08:00');
    expect(provider.calls).toHaveLength(1);
    expect((await world.plan())[0]).toBe('d3-medication done - 11-22 10:00');
  });

  test('says wait: it waits and sends once', async () => {
    let asked = 0;
    const world = new World('2026-11-21T08:00:00+08:00', {
      sender: (phone) => ({
        ...phone,
        send: (request) =>
          ++asked === 1 ? Promise.resolve({ status: 'throttled', retryAfterMs: 60_000 }) : phone.send(request),
      }),
    });
    await joint(world);
    await world.at('2026-11-22T10:00:00+08:00');
    await world.at('2026-11-22T10:01:00+08:00');
    expect((await world.attempts()).map((one) => one.state)).toEqual(['throttled', 'accepted']);
  });

  test('refuses the number: the next channel, else a person', async () => {
    const world = new World('2026-11-21T08:00:00+08:00', {
      sender: (phone) => ({
        ...phone,
        send: () =>
          Promise.resolve({
            status: 'rejected',
            badAddress: true,
            problem: { code: 'sender.bad-address', message: 'x' },
          }),
      }),
    });
    await joint(world);
    await world.at('2026-11-22T10:00:00+08:00');
    expect((await world.plan())[0]).toBe('d3-medication failed no-address 11-22 10:00');
    expect((await world.resources('Task')).map((task) => task['status'])).toEqual(['requested']);
  });
});

describe('the safety net', () => {
  test('carries out what is due without being woken', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    await joint(world);
    const loop = createFollowUpLoop({ ...world.deps, safetyNet: '* * * * * *' });
    await loop.start();
    world.now = new Date('2026-11-22T10:00:00+08:00');
    for (let waits = 0; waits < 50 && (await world.attempts()).length === 0; waits++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await loop.stop(1000);
    expect((await world.attempts()).map((one) => one.state)).toEqual(['accepted']);
  });
});

describe('a node whose clock is wrong', () => {
  test.each([
    ['by ten minutes sends nothing', '2026-11-22T10:10:00+08:00', 0],
    ['by two minutes still sends', '2026-11-22T10:02:00+08:00', 1],
  ])('%s', async (_name, wall, sent) => {
    const world = new World('2026-11-21T08:00:00+08:00');
    await joint(world);
    world.now = new Date('2026-11-22T10:00:00+08:00');
    await createFollowUpLoop({ ...world.deps, wallClock: () => new Date(wall) }).drain();
    expect(await world.attempts()).toHaveLength(sent);
  });
});

describe('two nodes', () => {
  test('carry out each occurrence once', async () => {
    const provider: Provider = { calls: [], delivered: [], killer: undefined };
    const world = new World('2026-11-21T08:00:00+08:00', {
      sender: providerOf(provider, { refuses: false, lookup: true }),
    });
    for (let index = 0; index < 12; index++) {
      const rec = `n${index}`;
      const resources = [world.patient(rec), stay(`e${rec}`, rec), operation(`p${rec}`, `e${rec}`, '2026-11-19')];
      await world.apply(rec, resources, [{ type: 'encounter.discharged', ref: `Encounter/e${rec}` }]);
    }
    const fast = {
      ...world.deps,
      config: { ...world.deps.config, policy: { ...world.deps.config.policy, perSecond: 1000 } },
    };
    const nodes = ['a', 'b'].map((owner) => createFollowUpLoop({ ...fast, owner }));
    world.now = new Date('2026-11-22T10:00:00+08:00');
    await Promise.all(nodes.map((node) => node.drain()));
    expect(provider.delivered).toHaveLength(12);
    expect(new Set(provider.delivered.map((one) => one.id)).size).toBe(12);
  });
});
