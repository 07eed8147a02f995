import { describe, expect, test } from '@jest/globals';

import { about, eventsOf, idOf, mr, patientOf, Ward } from './support.ts';

const IMP = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' };
const LOINC = 'http://loinc.org';

function stay(no: string, status: string, more: Readonly<Record<string, unknown>> = {}) {
  return about(no, 'Encounter', `I-${no}`, {
    status,
    class: IMP,
    period: { start: '2026-11-18T10:00:00+08:00' },
    ...more,
  });
}

function result(no: string, status: string, digits: number | undefined, local = 'R1') {
  return about(no, 'Observation', local, {
    status,
    code: { coding: [{ system: LOINC, code: '4548-4' }], text: 'HbA1c' },
    effectiveDateTime: '2026-11-18T09:00:00+08:00',
    ...(digits === undefined ? {} : { valueQuantity: { value: digits, unit: '%' } }),
  });
}

describe('a message becomes versions, events and a document', () => {
  test('an admission makes four resources, their versions and one admission', async () => {
    const ward = new Ward();
    const applied = await ward.say('2026-11-18T02:00:00Z', [
      patientOf('P1'),
      stay('P1', 'in-progress'),
      about('P1', 'AllergyIntolerance', 'A1', { code: { text: '青霉素' } }),
      about('P1', 'Condition', 'D1', {
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E11.900' }] },
      }),
    ]);
    expect(eventsOf(applied).toSorted()).toEqual(['condition.recorded', 'encounter.admitted', 'patient.registered']);
    expect(await ward.resource('Encounter', 'I-P1')).toMatchObject({
      status: 'in-progress',
      meta: { versionId: '1', source: 'urn:jingluo:message:m1' },
    });
    const [, encounter] = await Promise.all([ward.document('P1'), ward.resource('Encounter', 'I-P1')]);
    expect(await ward.document('P1')).toMatchObject({
      schema: 'jingluo.patient/1',
      concepts: [{ id: 't2dm', state: 'active' }],
      conditions: { n: 1, list: [{ code: 'E11.900', sys: 'icd10', state: 'active', seen: 1 }] },
      allergies: { n: 1, state: 'known', list: [{ what: '青霉素' }] },
      visits: { n: 1, open: `Encounter/${String(encounter?.['id'])}`, byClass: { IMP: 1 } },
    });
  });

  test('the same news again writes no version, no event, no document', async () => {
    const ward = new Ward();
    const news = [patientOf('P1'), stay('P1', 'in-progress')];
    await ward.say('2026-11-18T02:00:00Z', news);
    const again = await ward.say('2026-11-18T03:00:00Z', news);
    expect(eventsOf(again)).toEqual([]);
    expect(ward.written.filter((row) => !row.startsWith('sources/'))).toEqual([]);
  });

  test('only the superseded version goes to history, with its own text', async () => {
    const ward = new Ward();
    await ward.say('2026-11-18T02:00:00Z', [patientOf('P1'), result('P1', 'preliminary', 6.8)]);
    await ward.say('2026-11-18T03:00:00Z', [patientOf('P1'), result('P1', 'final', 6.9)]);
    const past = await ward.store.find('history', {});
    expect(past.rows.map(({ id, fields }) => [id.split('/').at(-1), fields['version']])).toEqual([['1', 1]]);
    expect(past.rows[0]?.body).toEqual(expect.stringContaining('"value":6.8'));
    expect(await ward.resource('Observation', 'R1')).toMatchObject({ status: 'final', meta: { versionId: '2' } });
  });

  test.each([
    [
      'admit, discharge',
      ['in-progress', 'finished'],
      [['encounter.admitted'], ['encounter.discharged', 'encounter.finished']],
    ],
    [
      'discharge cancelled, discharged again',
      ['in-progress', 'finished', 'in-progress', 'finished'],
      [
        ['encounter.admitted'],
        ['encounter.discharged', 'encounter.finished'],
        ['encounter.discharge-cancelled'],
        ['encounter.discharged', 'encounter.finished'],
      ],
    ],
    ['admission cancelled', ['in-progress', 'cancelled'], [['encounter.admitted'], ['encounter.cancelled']]],
    ['first heard of at discharge', ['finished'], [['encounter.discharged', 'encounter.finished']]],
  ])('stay: %s', async (_name, statuses, expected) => {
    const ward = new Ward();
    await ward.say('2026-11-18T01:00:00Z', [patientOf('P1')]);
    const events = [];
    for (const [hour, status] of statuses.entries()) {
      events.push(
        eventsOf(await ward.say(`2026-11-18T${String(hour + 2).padStart(2, '0')}:00:00Z`, [stay('P1', status)])),
      );
    }
    expect(events).toEqual(expected);
  });

  test.each<[string, readonly (readonly [string, number | undefined])[], readonly (readonly [string, number])[]]>([
    [
      'final, sent again',
      [
        ['final', 6.8],
        ['final', 6.8],
      ],
      [['observation.final', 1]],
    ],
    [
      'preliminary, final',
      [
        ['preliminary', 6.8],
        ['final', 6.8],
      ],
      [
        ['observation.preliminary', 1],
        ['observation.final', 1],
      ],
    ],
    [
      'final, corrected',
      [
        ['final', 9.1],
        ['corrected', 7.9],
      ],
      [
        ['observation.final', 1],
        ['observation.corrected', 2],
      ],
    ],
    [
      'final changed without saying so',
      [
        ['final', 9.1],
        ['final', 7.9],
      ],
      [
        ['observation.final', 1],
        ['observation.corrected', 2],
      ],
    ],
    [
      'final, withdrawn',
      [
        ['final', 9.1],
        ['cancelled', 9.1],
      ],
      [
        ['observation.final', 1],
        ['observation.withdrawn', 1],
      ],
    ],
  ])('result: %s', async (_name, steps, expected) => {
    const ward = new Ward();
    await ward.say('2026-11-18T01:00:00Z', [patientOf('P1')]);
    const events = [];
    for (const [hour, [status, digits]] of steps.entries()) {
      const at = `2026-11-18T${String(hour + 2).padStart(2, '0')}:00:00Z`;
      const applied = await ward.say(at, [result('P1', status, digits)]);
      if (applied.ok) events.push(...applied.value.events.map(({ type, change }) => [type, change] as const));
    }
    expect(events).toEqual(expected);
  });

  test('late preliminary after final: no version, no event', async () => {
    const ward = new Ward();
    await ward.say('2026-11-18T05:00:00Z', [patientOf('P1'), result('P1', 'final', 4.1)]);
    const late = await ward.say('2026-11-18T03:00:00Z', [patientOf('P1'), result('P1', 'preliminary', 6.8)]);
    expect(eventsOf(late)).toEqual([]);
    expect(await ward.resource('Observation', 'R1')).toMatchObject({ status: 'final', meta: { versionId: '1' } });
  });

  test('a result that would go to another patient is held and leaves nothing', async () => {
    const ward = new Ward();
    await ward.say('2026-11-18T01:00:00Z', [patientOf('P1'), result('P1', 'final', 6.8)]);
    const held = await ward.say('2026-11-18T02:00:00Z', [patientOf('P2'), result('P2', 'final', 6.8)]);
    expect(held).toMatchObject({ ok: false, error: { held: { code: 'record.patient-changed' } } });
    expect(ward.written).toEqual([]);
  });

  test('a stay moves to another patient only by a move event, and takes its results along', async () => {
    const ward = new Ward();
    const inStay = { encounter: { reference: `Encounter/${idOf('Encounter', key('I-P1'))}` } };
    await ward.say('2026-11-18T01:00:00Z', [
      patientOf('P1'),
      stay('P1', 'in-progress'),
      about('P1', 'Observation', 'R1', { status: 'final', code: { text: 'K' }, valueString: '4.1', ...inStay }),
      about('P1', 'Observation', 'R2', { status: 'final', code: { text: 'Na' }, valueString: '140' }),
    ]);
    const moved = await ward.say('2026-11-18T02:00:00Z', [patientOf('P2')], {
      directives: [{ kind: 'move-resource', type: 'Encounter', key: key('I-P1'), to: mr('P2') }],
    });
    expect(moved.ok).toBe(true);
    const p2 = `Patient/${idOf('Patient', mr('P2'))}`;
    expect(await ward.resource('Encounter', 'I-P1')).toMatchObject({ subject: { reference: p2 } });
    expect(await ward.resource('Observation', 'R1')).toMatchObject({ subject: { reference: p2 } });
    expect(await ward.resource('Observation', 'R2')).not.toMatchObject({ subject: { reference: p2 } });
    expect(await ward.document('P1')).toMatchObject({ visits: { n: 0 }, measures: { n: 1 } });
    expect(await ward.document('P2')).toMatchObject({ visits: { n: 1 }, measures: { n: 1 } });
  });

  test('a snapshot ends what its own source no longer lists, and nothing else', async () => {
    const ward = new Ward();
    const allergy = (local: string, what: string) =>
      about('P1', 'AllergyIntolerance', local, {
        code: { text: what },
        clinicalStatus: { coding: [{ code: 'active' }] },
      });
    await ward.say('2026-11-18T01:00:00Z', [patientOf('P1'), allergy('A1', '青霉素'), allergy('A2', '头孢')]);
    await ward.say('2026-11-18T02:00:00Z', [patientOf('P1'), allergy('A3', '乳胶')], { source: 'LIS', channel: 'lis' });
    await ward.say('2026-11-18T03:00:00Z', [patientOf('P1'), allergy('A1', '青霉素')], {
      snapshots: [
        {
          type: 'AllergyIntolerance',
          patient: idOf('Patient', mr('P1')),
          present: [idOf('AllergyIntolerance', { namespace: 'HOSP01', kind: 'AllergyIntolerance', value: 'A1' })],
        },
      ],
    });
    const document = await ward.document('P1');
    expect(document?.['allergies']).toMatchObject({ n: 2, list: [{ what: '乳胶' }, { what: '青霉素' }] });
  });

  test('replay deletes what the message alone had made and no longer makes; its id answers with a tombstone', async () => {
    const ward = new Ward();
    await ward.say('2026-11-18T01:00:00Z', [
      patientOf('P1'),
      result('P1', 'final', 6.8, 'R1'),
      result('P1', 'final', 7, 'R2'),
    ]);
    await ward.say('2026-11-18T02:00:00Z', [patientOf('P1'), result('P1', 'corrected', 7.1, 'R2')]);
    const replayed = await ward.say('2026-11-18T01:00:00Z', [patientOf('P1')], {
      message: 'm1',
      sequence: 1,
      replay: true,
    });
    expect(eventsOf(replayed)).toEqual(['observation.withdrawn']);
    const id = idOf('Observation', { namespace: 'HOSP01', kind: 'Observation', value: 'R1' });
    expect((await ward.store.get('resources', `Observation/${id}`))?.fields['type']).toBe('-Observation');
    expect(await ward.resource('Observation', 'R2')).toMatchObject({ status: 'corrected' });
    expect(await ward.document('P1')).toMatchObject({ measures: { n: 1, list: [{ v: 7.1, k: 1 }] } });
  });

  test('replay of a message that speaks twice of one resource (what it says, and what fills gaps) changes nothing', async () => {
    const ward = new Ward();
    const fill = { ...stay('P1', 'in-progress', { priority: { text: '急' } }), stub: true };
    const news = [patientOf('P1'), fill, about('P1', 'Encounter', 'I-P1', { serviceType: { text: '骨科' } })];
    await ward.say('2026-11-18T01:00:00Z', news);
    const replayed = await ward.say('2026-11-18T01:00:00Z', news, { message: 'm1', sequence: 1, replay: true });
    expect(eventsOf(replayed)).toEqual([]);
    expect(await ward.resource('Encounter', 'I-P1')).toMatchObject({
      meta: { versionId: '1' },
      status: 'in-progress',
      priority: { text: '急' },
      serviceType: { text: '骨科' },
    });
  });
});

function key(value: string) {
  return { namespace: 'HOSP01', kind: 'Encounter', value };
}
