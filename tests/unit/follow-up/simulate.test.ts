import { describe, expect, test } from '@jest/globals';
import { simulatePlan } from '../../../src/pipeline/follow-up/simulate.ts';
import { readWorkList } from '../../../src/pipeline/follow-up/work-list.ts';
import { operation, potassium, stay, World } from './world.ts';

describe('plan simulate', () => {
  test('shows dates, decisions, channel and text, and writes nothing', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    await world.apply('r1', [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', '2026-11-19')], []);
    const from = new Date('2026-11-21T00:00:00+08:00');
    const asked = { plan: 'joint-replacement-postop', rec: 'r1', from, key: 'e1', channels: ['sms'] } as const;
    const played = await simulatePlan(world.deps, world.store, asked);
    expect(played).toMatchObject({
      ok: true,
      value: [
        { step: 'd3-medication', due: '2026-11-22T02:00:00.000Z', decision: 'pass', channel: 'sms' },
        { step: 'd7-rehab', due: '2026-11-26T02:00:00.000Z', decision: 'pass' },
        { step: 'm1-call', due: '2026-12-21T01:00:00.000Z', action: 'call-task', decision: 'pass' },
      ],
    });
    expect(played.ok && played.value[0]?.text).toContain('术后第3天');
    expect(await world.occurrences()).toEqual([]);
    expect(await world.enrolments()).toEqual([]);
  });

  test('names an unknown plan', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    const asked = { plan: 'no-plan', rec: 'r1', from: world.now, channels: [] } as const;
    expect(await simulatePlan(world.deps, world.store, asked)).toMatchObject({
      ok: false,
      error: { code: 'trigger.name-unknown' },
    });
  });
});

describe('work list', () => {
  test('holds what is to come and open Tasks, most urgent first', async () => {
    const world = new World('2026-11-21T10:00:00+08:00');
    await world.apply(
      'r1',
      [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), potassium('o1', 6.8)],
      [{ type: 'observation.final', ref: 'Observation/o1', encounter: 'Encounter/e1' }],
    );
    await world.loop.drain();
    const work = await readWorkList(world.store, ['r1']);
    expect(work.tasks.map((task) => task['priority'])).toEqual(['stat']);
    expect(work.occurrences.map((one) => `${one.kind} ${one.state}`)).toEqual(Array(3).fill('escalation planned'));
    expect((await readWorkList(world.store, ['r9'])).tasks).toEqual([]);
  });
});
