import { describe, expect, test } from '@jest/globals';
import { operation, phoneOf, stay, World } from './world.ts';

async function discharged(): Promise<World> {
  const world = new World('2026-11-21T08:00:00+08:00');
  const resources = [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', '2026-11-19')];
  await world.apply('r1', resources, [{ type: 'encounter.discharged', ref: 'Encounter/e1' }]);
  return world;
}

describe('replies', () => {
  async function asked(): Promise<World> {
    const world = await discharged();
    await world.at('2026-11-26T10:00:00+08:00');
    return world;
  }
  const from = phoneOf('r1');

  test('a dangerous one makes a flag and an urgent task that escalates until it is closed', async () => {
    const world = await asked();
    const at = new Date('2026-11-26T10:30:00+08:00');
    const answer = await world.answers.reply({ kind: 'reply', from, text: '伤口疼痛加剧', at });
    expect(answer).toEqual({ ok: true, value: { risk: 'high' } });
    await world.at('2026-11-26T10:30:00+08:00');
    expect((await world.resources('Flag'))[0]).toMatchObject({ status: 'active' });
    expect((await world.resources('Task'))[0]).toMatchObject({
      status: 'requested',
      priority: 'urgent',
      owner: { display: '骨科甲' },
    });
    await world.at('2026-11-26T12:31:00+08:00');
    expect((await world.attempts()).filter((one) => one.audience === 'staff').map((one) => one.recipient)).toEqual([
      'N0001',
    ]);
    expect((await world.resources('Task'))[0]).toMatchObject({ owner: { display: '护士长' } });
  });

  test('without a reply a nurse calls; with one she does not', async () => {
    const silent = await asked();
    await silent.at('2026-11-27T10:00:00+08:00');
    expect(await silent.resources('Task')).toHaveLength(1);
    const answered = await asked();
    const at = new Date('2026-11-26T11:00:00+08:00');
    await answered.answers.reply({ kind: 'reply', from, text: '1', at });
    await answered.at('2026-11-27T10:00:00+08:00');
    expect(await answered.resources('Task')).toEqual([]);
  });

  test('TD ends messages on that channel', async () => {
    const world = await discharged();
    await world.at('2026-11-22T10:00:00+08:00');
    const at = new Date('2026-11-22T10:05:00+08:00');
    expect(await world.answers.reply({ kind: 'reply', from, text: 'td', at })).toEqual({
      ok: true,
      value: { risk: 'optout' },
    });
    await world.at('2026-11-26T10:00:00+08:00');
    expect((await world.plan())[1]).toBe('d7-rehab skipped opt-out 11-26 10:00');
  });

  test('the same reply delivered twice is one reply', async () => {
    const world = await asked();
    const at = new Date('2026-11-26T10:30:00+08:00');
    await world.answers.reply({ kind: 'reply', from, text: '伤口渗液', at });
    await world.answers.reply({ kind: 'reply', from, text: '伤口渗液', at });
    await world.loop.drain();
    expect(await world.resources('Task')).toHaveLength(1);
  });

  test('an unknown number is told so', async () => {
    const world = await asked();
    const answer = await world.answers.reply({ kind: 'reply', from: '19999999999', text: '你好', at: world.now });
    expect(answer).toMatchObject({ ok: false, error: { code: 'trigger.occurrence-unknown' } });
  });
});
