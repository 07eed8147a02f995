import { describe, expect, test } from '@jest/globals';
import { createAnswers } from '../../../src/pipeline/follow-up/answers.ts';
import { createFollowUpLoop } from '../../../src/pipeline/follow-up/loop.ts';
import { readWorkList } from '../../../src/pipeline/follow-up/work-list.ts';
import { operation, phoneOf, stay, World } from './world.ts';

/** A patient on the plan whose first message went out; then the file of the plan is removed. */
async function orphaned(): Promise<World> {
  const world = new World('2026-11-21T08:00:00+08:00');
  const resources = [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', '2026-11-19')];
  await world.apply('r1', resources, [{ type: 'encounter.discharged', ref: 'Encounter/e1' }]);
  await world.at('2026-11-22T10:00:00+08:00');
  return world;
}

const without = (world: World) => ({ ...world.deps, config: { ...world.deps.config, plans: [] } });

describe('a plan version that is gone', () => {
  test('its step fails when it is due, and a person is asked', async () => {
    const world = await orphaned();
    world.loop = createFollowUpLoop(without(world));
    await world.at('2026-11-26T10:00:00+08:00');
    expect(await world.plan()).toEqual([
      'd3-medication done - 11-22 10:00',
      'd7-rehab failed plan-missing 11-26 10:00',
      'm1-call planned - 12-21 09:00',
    ]);
    const work = await readWorkList(world.store, ['r1']);
    expect(work.tasks.map((task) => task['priority'])).toEqual(['urgent']);
    expect(work.occurrences.map(({ step, state }) => `${step} ${state}`)).toContain('d7-rehab failed');
  });

  test.each([
    ['TD', 'optout', 0, 1],
    ['伤口疼痛加剧', 'unclassified', 1, 0],
  ])('the reply %s is kept: %s', async (text, risk, tasks, consents) => {
    const world = await orphaned();
    const answers = createAnswers({ ...without(world), wake: () => undefined });
    const reply = { kind: 'reply', from: phoneOf('r1'), text, at: world.now } as const;
    expect(await answers.reply(reply)).toEqual({ ok: true, value: { risk } });
    await createFollowUpLoop(without(world)).drain();
    expect(await world.resources('Task')).toHaveLength(tasks);
    expect(await world.resources('Consent')).toHaveLength(consents);
  });
});
