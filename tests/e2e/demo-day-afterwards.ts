import { expect, test } from '@jest/globals';

import type { DemoDay } from './demo-day-support.ts';

/** What must be seen after the demo day: the same day again, the days after, an answer, an undone merge, a raw dump. */
export function afterwards(day: () => DemoDay): void {
  test('a second run of the same day changes nothing', async () => {
    const before = await day().counts();
    await day().play();
    expect(await day().counts()).toEqual(before);
  }, 120_000);

  test('55: a day later the message of day 3 is refused for the opt-out; the call of month 1 stays', async () => {
    await day().advance(24);
    const steps = (await day().occurrences()).filter(({ patient }) => patient === 'P14');
    expect(steps.find(({ step }) => step === 'd3-medication')).toMatchObject({
      state: 'skipped',
      code: expect.stringContaining('opt'),
    });
    expect(steps.find(({ step }) => step === 'm1-call')?.state).toBe('planned');
  });

  test('P1 gets day 3 at 10:00, and answers: the urgent task appears', async () => {
    const sent = (await day().attempts()).filter(({ audience, patient }) => audience === 'patient' && patient === 'P1');
    expect(sent.map(({ step, at: time }) => `${step} ${time.slice(0, 16)}`)).toEqual([
      'd3-medication 2026-11-22T10:00',
    ]);
    expect(await day().reply('P1', '伤口疼痛加剧')).toBe('high');
    const tasks = await day().resources('P1', 'Task');
    expect(tasks.map(({ priority }) => priority)).toContain('urgent');
  });

  test('person split undoes the merge of T77 exactly', async () => {
    const before = await day().membersOf('P1');
    await day().split('T77');
    expect(await day().membersOf('T77')).toEqual(['T77']);
    expect((await day().membersOf('P1')).toSorted()).toEqual(before.filter((one) => one !== 'T77').toSorted());
  });

  test('no message to dead, opted-out, unconsented, at night or twice', async () => {
    await day().advance(24 * 7);
    expect(await day().safety()).toMatchObject({ dead: 0, optedOut: 0, unconsented: 0, night: 0, twice: 0 });
  });

  test('with a sealing key a raw dump holds no ID number and no phone', async () => {
    const dump = await day().dumpSealed();
    const found = day()
      .secrets()
      .filter((secret) => dump.includes(secret));
    expect({ found, sealed: day().sealed }).toEqual({ found: [], sealed: true });
  });
}
