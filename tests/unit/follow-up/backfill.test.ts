import { describe, expect, test } from '@jest/globals';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { operation, potassium, stay, World } from './world.ts';

const OLD = { backfill: true } as const;
const DISCHARGED = [{ type: 'encounter.discharged', ref: 'Encounter/e1' }] as const;

async function discharged(on: string, more: { readonly backfill?: boolean } = {}): Promise<World> {
  const world = new World('2026-11-21T08:00:00+08:00');
  const resources = [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', on)];
  await world.apply('r1', resources, DISCHARGED, more);
  return world;
}

/** HbA1c 9.1 % of a patient of the diabetes plan. */
const hba1c: FhirResource = {
  resourceType: 'Observation',
  id: 'h1',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }] },
  effectiveDateTime: '2026-11-20T08:00:00+08:00',
  valueQuantity: { value: 9.1, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
};

const diabetes: FhirResource = {
  resourceType: 'Condition',
  id: 'c1',
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { coding: [{ code: 'E11.900' }] },
};

describe('replay and historical load', () => {
  test('running care goes on: what is still to come is carried out at its time', async () => {
    const world = await discharged('2026-11-16', OLD);
    expect(await world.plan()).toEqual([
      'd3-medication skipped backfill 11-19 10:00',
      'd7-rehab planned - 11-23 10:00',
      'm1-call planned - 12-16 09:00',
    ]);
    await world.at('2026-11-23T10:00:00+08:00');
    expect((await world.attempts()).map(({ step }) => step)).toEqual(['d7-rehab']);
  });

  test('no staff is alerted and no work order is made', async () => {
    const world = new World('2026-11-21T10:00:00+08:00');
    const resources = [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), potassium('o1', 6.8)];
    const final = { type: 'observation.final', ref: 'Observation/o1', encounter: 'Encounter/e1' } as const;
    await world.apply('r1', resources, [final], OLD);
    await world.loop.drain();
    expect([await world.attempts(), await world.resources('Task')]).toEqual([[], []]);
    expect((await world.occurrences()).map(({ state, code }) => [state, code])).toEqual([['skipped', 'backfill']]);
  });

  test('an `on:` step of a running enrolment is passed over', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    await world.apply('r1', [world.patient('r1'), diabetes], []);
    await world.apply('r1', [hba1c], [{ type: 'observation.final', ref: 'Observation/h1' }], OLD);
    const fired = (await world.occurrences()).filter(({ step }) => step === 'poor-control');
    expect(fired.map(({ state, code }) => [state, code])).toEqual([['skipped', 'backfill']]);
    await world.loop.drain();
    expect(await world.resources('Task')).toEqual([]);
  });

  test('an older operation date moves steps into the past: they are passed over, not sent', async () => {
    const world = await discharged('2026-11-19');
    await world.apply('r1', [operation('p1', 'e1', '2026-11-14')], [], OLD);
    expect(await world.plan()).toEqual([
      'd3-medication skipped backfill 11-17 10:00',
      'd7-rehab planned - 11-21 10:00',
      'm1-call planned - 12-14 09:00',
    ]);
    expect(await world.at('2026-11-21T09:00:00+08:00')).toBe(0);
  });

  test('the end of a pause: what fell due meanwhile is passed over, the rest goes on', async () => {
    const world = await discharged('2026-11-19');
    await world.apply('r1', [stay('e2', 'r1', 'in-progress')], [{ type: 'encounter.admitted', ref: 'Encounter/e2' }]);
    world.now = new Date('2026-11-22T12:00:00+08:00');
    const ended = { type: 'encounter.cancelled', ref: 'Encounter/e2' } as const;
    await world.apply('r1', [stay('e2', 'r1', 'cancelled')], [ended], OLD);
    await world.loop.drain();
    expect(await world.attempts()).toEqual([]);
    expect((await world.plan()).slice(0, 2)).toEqual([
      'd3-medication skipped backfill 11-22 10:00',
      'd7-rehab planned resumed 11-26 10:00',
    ]);
  });

  test('stops are obeyed: a death in old news ends the plan', async () => {
    const world = await discharged('2026-11-19');
    const dead = { ...world.patient('r1'), deceasedBoolean: true } as FhirResource;
    await world.apply('r1', [dead], [{ type: 'patient.deceased', ref: 'Patient/r1' }], OLD);
    expect((await world.plan()).every((line) => line.includes('cancelled deceased'))).toBe(true);
  });

  test('with --fire the same news does what it would have done', async () => {
    const world = new World('2026-11-21T10:00:00+08:00');
    const resources = [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), potassium('o1', 6.8)];
    const final = { type: 'observation.final', ref: 'Observation/o1', encounter: 'Encounter/e1' } as const;
    await world.apply('r1', resources, [final], { backfill: false });
    await world.loop.drain();
    expect((await world.attempts()).map(({ audience }) => audience)).toEqual(['staff']);
  });
});

describe('late news', () => {
  test.each([
    ['older than the widest window of the plan', '2026-10-10T10:00:00+08:00', 0],
    ['within it', '2026-11-10T10:00:00+08:00', 1],
  ])('an event %s', async (_name, at, enrolled) => {
    for (const backfill of [false, true]) {
      const world = new World('2026-11-21T08:00:00+08:00');
      const resources = [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', '2026-11-09')];
      await world.apply('r1', resources, [{ ...DISCHARGED[0], at }], { backfill });
      expect(await world.enrolments()).toHaveLength(enrolled);
    }
  });

  test('a result of last month alerts nobody, even of a patient on the plan', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    const resources = [world.patient('r1'), stay('e1', 'r1', 'in-progress', '1013'), potassium('o1', 6.8)];
    const at = '2026-10-21T10:00:00+08:00';
    await world.apply('r1', resources, [{ type: 'observation.final', ref: 'Observation/o1', at }]);
    await world.loop.drain();
    expect(await world.attempts()).toEqual([]);
  });
});
