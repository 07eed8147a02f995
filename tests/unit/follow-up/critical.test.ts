import { describe, expect, test } from '@jest/globals';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { potassium, stay, World } from './world.ts';

const FINAL = [{ type: 'observation.final', ref: 'Observation/o1', encounter: 'Encounter/e1' }] as const;

async function alerted(value = 6.8): Promise<World> {
  const world = new World('2026-11-21T10:10:00+08:00');
  const resources = [
    world.patient('r1', '1956-02-01'),
    stay('e1', 'r1', 'in-progress', '1013'),
    potassium('o1', value),
  ];
  await world.apply('r1', resources, FINAL);
  await world.loop.drain();
  return world;
}

const staff = async (world: World): Promise<readonly string[]> =>
  (await world.attempts()).map((one) => `${one.recipient ?? '-'} ${one.channel} ${one.template}`);

describe('critical values', () => {
  test('one alert to the attending, a Task and a Flag; the same result again makes no second', async () => {
    const world = await alerted();
    await world.apply('r1', [potassium('o1', 6.8)], FINAL);
    await world.loop.drain();
    expect(await staff(world)).toEqual(['1013 wecom critical-value']);
    expect((await world.attempts())[0]?.text).toContain('血钾 6.8 mmol/L');
    expect((await world.resources('Task'))[0]).toMatchObject({
      status: 'requested',
      priority: 'stat',
      owner: { display: '肾内甲' },
    });
    expect(await world.resources('Flag')).toHaveLength(1);
  });

  test('is sent at night', async () => {
    const world = new World('2026-11-21T23:10:00+08:00');
    await world.apply(
      'r1',
      [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), potassium('o1', 2.5)],
      FINAL,
    );
    await world.loop.drain();
    expect(await staff(world)).toEqual(['1013 wecom critical-value']);
  });

  test('a normal value alerts nobody, another result does not touch the open alert', async () => {
    const world = await alerted();
    await world.apply('r1', [potassium('o2', 4.4)], [{ type: 'observation.final', ref: 'Observation/o2' }]);
    await world.loop.drain();
    expect(await staff(world)).toHaveLength(1);
    expect((await world.enrolments()).map((one) => one.state)).toEqual(['active']);
  });

  test('acknowledged: the Task is completed and nothing escalates', async () => {
    const world = await alerted();
    const [attempt] = await world.attempts();
    expect(await world.answers.acknowledge(attempt?.id ?? '', '1013')).toMatchObject({ ok: true });
    expect(await world.answers.acknowledge(attempt?.id ?? '', '1013')).toMatchObject({ ok: true });
    await world.at('2026-11-21T11:00:00+08:00');
    expect(await staff(world)).toHaveLength(1);
    expect((await world.resources('Task'))[0]).toMatchObject({ status: 'completed' });
  });

  test('a Task closed at the FHIR endpoint is an acknowledgement too', async () => {
    const world = await alerted();
    const [task] = await world.resources('Task');
    await world.apply('r1', [{ ...task, resourceType: 'Task', status: 'completed' }], []);
    await world.at('2026-11-21T11:00:00+08:00');
    expect(await staff(world)).toHaveLength(1);
  });

  test('not acknowledged: on-call after 10, head nurse after 20, medical affairs after 30 minutes', async () => {
    const world = await alerted();
    for (const minute of ['19', '20', '30', '40', '50']) await world.at(`2026-11-21T10:${minute}:00+08:00`);
    expect(await staff(world)).toEqual([
      '1013 wecom critical-value',
      'D0900 wecom critical-value',
      'N0001 voice critical-value',
      'M0001 voice critical-value',
    ]);
  });

  test('corrected to normal: everybody who was told is told so, the Task is closed with the reason, nothing escalates', async () => {
    const world = await alerted(6.9);
    await world.at('2026-11-21T10:20:00+08:00');
    await world.apply(
      'r1',
      [potassium('o1', 4.1, 'corrected')],
      [{ type: 'observation.corrected', ref: 'Observation/o1', encounter: 'Encounter/e1', change: 2 }],
    );
    await world.at('2026-11-21T10:50:00+08:00');
    expect([...(await staff(world))].sort()).toEqual([
      '1013 wecom correction-notice',
      '1013 wecom critical-value',
      'D0900 wecom correction-notice',
      'D0900 wecom critical-value',
    ]);
    expect((await world.resources('Task'))[0]).toMatchObject({
      status: 'cancelled',
      statusReason: { text: 'result-corrected' },
    });
    const notices = (await world.attempts()).filter((one) => one.template === 'correction-notice');
    expect(notices.every((one) => one.text.includes('更正为 4.1 mmol/L'))).toBe(true);
  });

  test('corrected to another critical value: a new alert', async () => {
    const world = await alerted(6.9);
    await world.apply(
      'r1',
      [potassium('o1', 7.4, 'corrected')],
      [{ type: 'observation.corrected', ref: 'Observation/o1', encounter: 'Encounter/e1', change: 2 }],
    );
    await world.loop.drain();
    expect((await world.attempts()).map((one) => one.text.includes('7.4'))).toEqual([false, true]);
  });

  test('withdrawn: told so even after the acknowledgement', async () => {
    const world = await alerted();
    const [attempt] = await world.attempts();
    await world.answers.acknowledge(attempt?.id ?? '', '1013');
    await world.apply(
      'r1',
      [potassium('o1', 6.8, 'entered-in-error')],
      [{ type: 'observation.withdrawn', ref: 'Observation/o1', encounter: 'Encounter/e1' }],
    );
    await world.loop.drain();
    const notices = (await world.attempts()).filter((one) => one.template === 'correction-notice');
    expect(notices.map((one) => `${String(one.recipient)} ${String(one.text.includes('已撤回'))}`)).toEqual([
      '1013 true',
    ]);
  });

  test('a historical load alerts nobody', async () => {
    const world = new World('2026-11-21T10:10:00+08:00');
    const resources = [world.patient('r1'), stay('e1', 'r1'), potassium('o1', 6.8)];
    await world.apply('r1', resources, FINAL, { backfill: true });
    await world.loop.drain();
    expect(await staff(world)).toEqual([]);
    expect((await world.plan())[0]).toContain('skipped backfill');
  });

  test.each([
    ['>6.0', { value: 6.0, comparator: '>' }, 'not-evaluable'],
    ['>7.0', { value: 7.0, comparator: '>' }, 'alert'],
    ['<2.5', { value: 2.5, comparator: '<' }, 'alert'],
  ])('a bound %s is decided only where it decides', async (_name, bound, expected) => {
    const world = new World('2026-11-21T10:10:00+08:00');
    const result = { ...potassium('o1', 0), valueQuantity: { unit: 'mmol/L', ...bound } } as FhirResource;
    await world.apply('r1', [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), result], FINAL);
    await world.loop.drain();
    const issues = await world.resources('DetectedIssue');
    expect(issues.length > 0 ? 'not-evaluable' : (await staff(world)).length > 0 ? 'alert' : 'nothing').toBe(expected);
  });

  test('nobody known for the patient: the first level of the escalation is told at once', async () => {
    const world = new World('2026-11-21T10:10:00+08:00');
    await world.apply(
      'r1',
      [world.patient('r1'), potassium('o1', 6.8)],
      [{ type: 'observation.final', ref: 'Observation/o1' }],
    );
    await world.loop.drain();
    expect(await staff(world)).toEqual(['D0900 wecom critical-value']);
  });
});
