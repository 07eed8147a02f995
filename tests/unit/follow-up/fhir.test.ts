import { expect, test } from '@jest/globals';
import { validate } from '../../../src/fhir/validate/validate.ts';
import { operation, phoneOf, potassium, stay, World } from './world.ts';

/** A day on which follow-up makes one of everything. */
async function everything(): Promise<World> {
  const world = new World('2026-11-21T10:00:00+08:00');
  const resources = [
    world.patient('r1'),
    stay('e1', 'r1', 'finished', '1013'),
    operation('p1', 'e1', '2026-11-19'),
    potassium('o1', 6.8),
    { ...potassium('o2', 0), valueQuantity: { value: 6, comparator: '>' } },
  ];
  await world.apply('r1', resources, [
    { type: 'encounter.discharged', ref: 'Encounter/e1' },
    { type: 'observation.final', ref: 'Observation/o1', encounter: 'Encounter/e1' },
    { type: 'observation.final', ref: 'Observation/o2', encounter: 'Encounter/e1' },
  ]);
  await world.at('2026-11-26T10:00:00+08:00');
  const at = world.now;
  await world.answers.reply({ kind: 'reply', from: phoneOf('r1'), text: '伤口疼痛加剧', at });
  await world.loop.drain();
  await world.answers.reply({ kind: 'reply', from: phoneOf('r1'), text: 'TD', at: new Date(at.getTime() + 1000) });
  await world.apply(
    'r1',
    [potassium('o1', 4.1, 'corrected')],
    [{ type: 'observation.corrected', ref: 'Observation/o1', encounter: 'Encounter/e1', change: 2 }],
  );
  await world.apply(
    'r1',
    [stay('e1', 'r1', 'in-progress')],
    [{ type: 'encounter.discharge-cancelled', ref: 'Encounter/e1' }],
  );
  await world.at('2026-11-27T10:00:00+08:00');
  return world;
}

test('whatever follow-up shows as FHIR is valid R4', async () => {
  const world = await everything();
  for (const type of ['CarePlan', 'Task', 'Flag', 'Communication', 'Consent', 'DetectedIssue']) {
    const made = await world.resources(type);
    expect([type, made.length > 0]).toEqual([type, true]);
    for (const resource of made) expect([type, validate(resource)]).toEqual([type, []]);
  }
});
