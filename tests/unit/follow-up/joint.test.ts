import { describe, expect, test } from '@jest/globals';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { Draft } from '../../../src/store/draft.ts';
import { operation, phoneOf, stay, World } from './world.ts';

const DISCHARGE = [
  { type: 'encounter.discharged', ref: 'Encounter/e1' },
  { type: 'procedure.performed', ref: 'Procedure/p1', encounter: 'Encounter/e1' },
] as const;
const NOTHING_PLANNED = ['cancelled', 'skipped', 'done', 'failed'];

async function discharged(
  on = '2026-11-19T10:00:00+08:00',
  more: {
    readonly patient?: Partial<FhirResource>;
    readonly others?: readonly FhirResource[];
    readonly backfill?: boolean;
  } = {},
): Promise<World> {
  const world = new World('2026-11-21T08:00:00+08:00');
  const patient = { ...world.patient('r1'), ...more.patient } as FhirResource;
  const resources = [patient, stay('e1', 'r1'), operation('p1', 'e1', on), ...(more.others ?? [])];
  await world.apply('r1', resources, DISCHARGE, { backfill: more.backfill ?? false });
  return world;
}

const optOut: FhirResource = {
  resourceType: 'Consent',
  id: 'c1',
  status: 'active',
  dateTime: '2026-06-01T00:00:00+08:00',
  provision: { type: 'deny', action: [{ coding: [{ code: 'sms' }] }] },
};

describe('joint replacement', () => {
  test('is planned at discharge: day 3, day 7, month 1 on the next workday', async () => {
    const world = await discharged();
    expect(await world.plan()).toEqual([
      'd3-medication planned - 11-22 10:00',
      'd7-rehab planned - 11-26 10:00',
      'm1-call planned - 12-21 09:00',
    ]);
    expect((await world.resources('CarePlan')).map((plan) => plan['status'])).toEqual(['active']);
  });

  test('the same events again change nothing', async () => {
    const world = await discharged();
    const before = await world.store.find('occurrences', {});
    await world.apply('r1', [], DISCHARGE);
    const after = await world.store.find('occurrences', {});
    expect(after.rows.map((row) => row.rev)).toEqual(before.rows.map((row) => row.rev));
  });

  test('nothing is planned while the stay is open', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    const resources = [world.patient('r1'), stay('e1', 'r1', 'in-progress'), operation('p1', 'e1', '2026-11-19')];
    await world.apply('r1', resources, [
      { type: 'procedure.performed', ref: 'Procedure/p1', encounter: 'Encounter/e1' },
    ]);
    expect(await world.plan()).toEqual([]);
  });

  test('A13 cancels, the next discharge opens a new round without what was sent', async () => {
    const world = await discharged();
    await world.at('2026-11-22T10:00:00+08:00');
    await world.apply(
      'r1',
      [stay('e1', 'r1', 'in-progress')],
      [{ type: 'encounter.discharge-cancelled', ref: 'Encounter/e1' }],
    );
    expect(await world.plan()).toEqual([
      'd3-medication done - 11-22 10:00',
      'd7-rehab cancelled discharge-cancelled 11-26 10:00',
      'm1-call cancelled discharge-cancelled 12-21 09:00',
    ]);
    await world.apply('r1', [stay('e1', 'r1')], [{ type: 'encounter.discharged', ref: 'Encounter/e1', change: 2 }]);
    const open = (await world.plan()).filter((line) => line.includes('planned'));
    expect(open).toEqual(['d7-rehab planned - 11-26 10:00', 'm1-call planned - 12-21 09:00']);
  });

  test('is enrolled late: steps already due are skipped, the call on a Saturday moves to Monday', async () => {
    const world = await discharged('2026-11-12T09:00:00+08:00');
    expect(await world.plan()).toEqual([
      'd3-medication skipped enrolled-late 11-15 10:00',
      'd7-rehab skipped enrolled-late 11-19 10:00',
      'm1-call planned - 12-14 09:00',
    ]);
  });

  test('a historical load opens the enrolment and sends nothing that is due', async () => {
    const world = await discharged('2026-11-16T09:00:00+08:00', { backfill: true });
    expect(await world.plan()).toEqual([
      'd3-medication skipped backfill 11-19 10:00',
      'd7-rehab planned - 11-23 10:00',
      'm1-call planned - 12-16 09:00',
    ]);
    expect(await world.at('2026-11-21T12:00:00+08:00')).toBe(0);
  });

  test('an event older than the widest window enrols nobody', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    const resources = [world.patient('r1'), stay('e1', 'r1'), operation('p1', 'e1', '2026-01-02')];
    const at = '2026-01-05T10:00:00+08:00';
    await world.apply('r1', resources, [{ type: 'encounter.discharged', ref: 'Encounter/e1', at }]);
    expect(await world.enrolments()).toEqual([]);
  });

  test('a re-dated operation moves what was not carried out', async () => {
    const world = await discharged();
    await world.apply('r1', [operation('p1', 'e1', '2026-11-20')], []);
    expect(await world.plan()).toEqual([
      'd3-medication planned - 11-23 10:00',
      'd7-rehab planned - 11-27 10:00',
      'm1-call planned - 12-21 09:00',
    ]);
  });

  test('readmission pauses, its cancellation resumes', async () => {
    const world = await discharged();
    await world.apply('r1', [stay('e2', 'r1', 'in-progress')], [{ type: 'encounter.admitted', ref: 'Encounter/e2' }]);
    expect((await world.plan())[0]).toBe('d3-medication paused readmitted 11-22 10:00');
    expect(await world.at('2026-11-23T10:00:00+08:00')).toBe(0);
    await world.apply('r1', [stay('e2', 'r1', 'cancelled')], [{ type: 'encounter.cancelled', ref: 'Encounter/e2' }]);
    await world.loop.drain();
    expect((await world.plan())[0]).toBe('d3-medication done - 11-22 10:00');
    expect((await world.attempts()).map((attempt) => attempt.step)).toEqual(['d3-medication']);
  });

  test('death stops everything in the same commit', async () => {
    const world = await discharged();
    const dead = { ...world.patient('r1'), deceasedBoolean: true } as FhirResource;
    await world.apply('r1', [dead], [{ type: 'patient.deceased', ref: 'Patient/r1' }]);
    const all = await world.occurrences();
    expect(all.map((one) => `${one.state} ${String(one.code)}`)).toEqual(Array(3).fill('cancelled deceased'));
    expect((await world.resources('CarePlan'))[0]).toMatchObject({ status: 'revoked', note: [{ text: 'deceased' }] });
    expect(await world.at('2026-11-22T10:00:00+08:00')).toBe(0);
  });

  test('a deleted source record is followed up no more', async () => {
    const world = await discharged();
    const draft = new Draft(world.store);
    const applied = {
      changes: [{ type: 'Patient', id: 'r1', rec: 'r1', version: 2 }],
      events: [],
      persons: [],
      warnings: [],
    };
    await world.followUp.react(draft, applied, { cause: 'm', at: world.now, now: world.now, backfill: false });
    await draft.commit();
    expect((await world.plan()).every((line) => line.includes('cancelled record-deleted'))).toBe(true);
  });

  test('a message goes out at its time, once, with the opt-out hint and no diagnosis', async () => {
    const world = await discharged();
    expect(await world.at('2026-11-22T09:59:00+08:00')).toBe(0);
    await world.at('2026-11-22T10:00:00+08:00');
    await world.at('2026-11-22T10:01:00+08:00');
    const sent = await world.attempts();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ state: 'accepted', channel: 'sms', to: phoneOf('r1'), audience: 'patient' });
    expect(sent[0]?.text).toContain('术后第3天');
    expect(sent[0]?.text.endsWith('回复TD退订')).toBe(true);
    expect((await world.resources('Communication'))[0]).toMatchObject({ status: 'completed' });
  });
});

describe('the gate', () => {
  test.each<[string, Partial<FhirResource>, readonly FhirResource[], string]>([
    ['opt-out of the only channel', {}, [optOut], 'opt-out'],
    ['no address', { telecom: [] }, [], 'no-address'],
    [
      'consent refused for the purpose',
      {},
      [{ ...optOut, provision: { type: 'deny', purpose: [{ code: 'treatment' }] } }],
      'consent',
    ],
    ['dead without an event', { deceasedDateTime: '2026-11-21' }, [], 'deceased'],
  ])('%s', async (_name, patient, others, code) => {
    const world = await discharged();
    const known = { ...world.patient('r1'), ...patient } as FhirResource;
    await world.apply('r1', [known, ...others], []);
    await world.at('2026-11-22T10:00:00+08:00');
    const [first] = await world.occurrences();
    expect([first?.state, first?.code]).toEqual(['skipped', code]);
    expect(await world.attempts()).toEqual([]);
  });

  test('the opted-out patient keeps the call of month 1', async () => {
    const world = await discharged('2026-11-19', { others: [optOut] });
    await world.at('2026-12-21T09:00:00+08:00');
    const calls = (await world.resources('Task')).map(
      (task) => `${String(task['status'])} ${String(task['description'])}`,
    );
    expect(calls).toEqual(['requested 术后1个月电话回访']);
  });

  test('what fell due at night waits for the morning and passes the whole gate again', async () => {
    const world = await discharged();
    await world.at('2026-11-22T21:30:00+08:00');
    const [held] = await world.occurrences();
    expect([held?.state, held?.held, held?.next]).toEqual(['planned', 'quiet-hours', '2026-11-23T00:00:00.000Z']);
    const dead = { ...world.patient('r1'), deceasedBoolean: true } as FhirResource;
    await world.apply('r1', [dead], []);
    await world.at('2026-11-23T08:00:00+08:00');
    expect((await world.occurrences())[0]).toMatchObject({ state: 'skipped', code: 'deceased' });
  });

  test('past its window it expires', async () => {
    const world = await discharged();
    await world.at('2026-11-24T10:30:00+08:00');
    expect((await world.plan())[0]).toBe('d3-medication skipped expired 11-22 10:00');
  });

  test('an old patient gets a voice call, and not in its quiet hours', async () => {
    const world = await discharged('2026-11-19', { patient: { birthDate: '1951-04-04' } });
    await world.at('2026-11-22T13:00:00+08:00');
    expect((await world.occurrences())[0]).toMatchObject({ held: 'quiet-hours' });
    await world.at('2026-11-22T14:00:00+08:00');
    expect((await world.attempts())[0]).toMatchObject({ channel: 'voice', why: 'age' });
  });

  test('a gap between messages of all plans is kept', async () => {
    const world = await discharged('2026-11-15T10:00:00+08:00');
    await world.apply(
      'r1',
      [stay('e2', 'r1'), operation('p2', 'e2', '2026-11-19')],
      [{ type: 'encounter.discharged', ref: 'Encounter/e2' }],
    );
    await world.at('2026-11-22T10:00:00+08:00');
    const held = (await world.occurrences()).filter((one) => one.held === 'per-day');
    expect(held.map((one) => one.next)).toEqual(['2026-11-22T06:00:00.000Z']);
    await world.at('2026-11-22T14:00:00+08:00');
    expect(await world.attempts()).toHaveLength(2);
  });
});

describe('persons', () => {
  async function twice(): Promise<World> {
    const world = await discharged();
    await world.apply(
      'r2',
      [world.patient('r2'), stay('e2', 'r2'), operation('p2', 'e2', '2026-11-19')],
      [{ type: 'encounter.discharged', ref: 'Encounter/e2' }],
    );
    for (const rec of ['r1', 'r2']) world.persons.set(rec, ['r1', 'r2']);
    await world.apply('r1', [], [{ type: 'person.merged', ref: 'Patient/r1' }], {
      persons: [{ id: 'r1', before: ['r1'], after: ['r1', 'r2'] }],
    });
    return world;
  }

  test('two source records of one person get one message', async () => {
    const world = await twice();
    await world.at('2026-11-22T10:00:00+08:00');
    expect(await world.attempts()).toHaveLength(1);
    const codes = (await world.occurrences())
      .filter((one) => one.step === 'd3-medication')
      .map((one) => one.code ?? one.state);
    expect(codes.sort()).toEqual(['done', 'same-person']);
  });

  test('a split returns what was skipped for the other one', async () => {
    const world = await twice();
    await world.at('2026-11-22T10:00:00+08:00');
    world.persons.set('r1', ['r1']);
    world.persons.set('r2', ['r2']);
    await world.apply('r1', [], [{ type: 'person.split', ref: 'Patient/r1' }], {
      persons: [
        { id: 'r1', before: ['r1', 'r2'], after: ['r1'] },
        { id: 'r2', before: [], after: ['r2'] },
      ],
    });
    await world.at('2026-11-22T10:05:00+08:00');
    expect((await world.attempts()).map((attempt) => attempt.rec).sort()).toEqual(['r1', 'r2']);
  });

  test('a split lifts the stop that the other one had caused', async () => {
    const world = await twice();
    const dead = { ...world.patient('r2'), deceasedBoolean: true } as FhirResource;
    await world.apply('r2', [dead], [{ type: 'patient.deceased', ref: 'Patient/r2' }]);
    world.persons.set('r1', ['r1']);
    world.persons.set('r2', ['r2']);
    await world.apply('r1', [], [{ type: 'person.split', ref: 'Patient/r1' }], {
      persons: [
        { id: 'r1', before: ['r1', 'r2'], after: ['r1'] },
        { id: 'r2', before: [], after: ['r2'] },
      ],
    });
    const all = await world.occurrences();
    expect(all.filter((one) => one.rec === 'r1').map((one) => one.state)).toEqual(['planned', 'planned', 'planned']);
    expect(all.filter((one) => one.rec === 'r2').every((one) => NOTHING_PLANNED.includes(one.state))).toBe(true);
  });
});
