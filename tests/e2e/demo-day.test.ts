import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterwards } from './demo-day-afterwards.ts';
import { valid } from './demo-day-valid.ts';
import { DemoDay, type Shown } from './demo-day-support.ts';

let folder: string;
let day: DemoDay;
let shown: ReadonlyMap<number, Shown>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jingluo-demo-'));
  day = await DemoDay.start(folder);
  shown = await day.play();
}, 180_000);

afterAll(async () => {
  await day.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (n: number): Shown => {
  const found = shown.get(n);
  if (found === undefined) throw new TypeError(`row ${n} was not played`);
  return found;
};

describe('HIS, GB18030: people', () => {
  test('history: 30 visits, 0 messages to patients', () => {
    expect(day.history).toEqual({ visits: 30, sent: 0 });
  });

  test('1-2: two persons of the same name and birth date; the pair names guard G1', async () => {
    const [one, two] = await Promise.all([day.patient('P1'), day.patient('P2')]);
    expect(one.id).not.toBe(two.id);
    const reviews = await day.reviewsOf('P1', 'P2');
    expect(reviews.flatMap(({ guards }) => guards)).toContain('G1');
  });

  test.each([
    ['P3', '1003', 'D-ENDO'],
    ['P4', '1004', 'D-GAST'],
  ])('3-4: doctor and department of %s', async (number, doctor, department) => {
    const types = ['Practitioner', 'Location', 'Organization'];
    const around = await Promise.all(types.map((type) => day.all(type)));
    const text = JSON.stringify([await day.resources(number, 'Encounter'), around]);
    expect([text.includes(doctor), text.includes(department)]).toEqual([true, true]);
  });

  test.each([
    ['P5', '王𬭎'],
    ['P6', '买买提·艾力'],
  ])('5-6: four bytes of GB18030 and a middle dot in the name of %s are exact', async (number, name) => {
    expect(JSON.stringify((await day.patient(number)).name)).toContain(name);
  });

  test.each(['oyj', 'ouyangjing', '欧阳', '欧阳静'])('7: 欧阳静 is found by %s', async (name) => {
    const found = await day.search('Patient', { name });
    expect(found.map(({ id }) => id)).toEqual([(await day.patient('P7')).id]);
  });

  test('8-9: mother and baby are two persons; the guardian is known', async () => {
    const [mother, baby] = await Promise.all([day.patient('P8'), day.patient('P9')]);
    expect(mother.id).not.toBe(baby.id);
    const related = await day.resources('P9', 'RelatedPerson');
    expect(JSON.stringify(related)).toContain('孙丽');
    expect((await day.document('P9'))['contacts']).toContainEqual(
      expect.objectContaining({ name: '孙丽', rel: 'mother' }),
    );
  });

  test('10: the Z segment is mapped', async () => {
    expect(JSON.stringify((await day.patient('P10')).identifier)).toContain('YB9900010');
  });

  test('11 and 18: the unknown patient is never linked, then identified; the visit stays', async () => {
    const patient = await day.patient('P11');
    expect(JSON.stringify(patient.name)).toContain('林海');
    expect(JSON.stringify(patient.identifier)).toContain('990000197209155013');
    expect(await day.resources('P11', 'Encounter')).toHaveLength(1);
    expect(await day.membersOf('P11')).toHaveLength(1);
  });

  test('12-13: the attending doctor is known for alerts', async () => {
    expect(JSON.stringify([await day.resources('P12', 'Encounter'), await day.all('Practitioner')])).toContain('1012');
  });

  test('14: a message sent again gets the first answer and has no effect', () => {
    expect(at(14).ack).toEqual(at(3).ack);
    expect(at(14).counts).toEqual(at(13).counts);
  });

  test('15: MSH-10 with other content is processed and warned about', async () => {
    expect(at(15).code).toBe('AA');
    const row = (await day.messages()).filter(({ control }) => control === 'D0005').at(-1);
    expect(row?.warnings.map(({ code }) => code)).toContain('pipeline.control-id-reused');
    expect(JSON.stringify((await day.patient('P5')).address)).toContain('保定');
  });

  test('16-17: the late old phone does not replace the new one', async () => {
    const telecom = JSON.stringify((await day.patient('P3')).telecom);
    expect(telecom).toContain('19900000033');
    expect(telecom).not.toContain('19900000003"');
  });
});

describe('joint replacement and merge', () => {
  const open = (n: number): readonly string[] =>
    at(n)
      .occurrences.filter(
        ({ plan, patient, state }) => plan === 'joint-replacement-postop' && patient === 'P1' && state === 'planned',
      )
      .map(({ step, due }) => `${step} ${due}`)
      .toSorted();

  test('19-22: one stay; nothing is planned while it is open', async () => {
    const stays = (await day.resources('P1', 'Encounter')).filter(({ class: kind }) =>
      JSON.stringify(kind).includes('IMP'),
    );
    expect(stays).toHaveLength(1);
    expect(open(22)).toEqual([]);
    expect(JSON.stringify(await day.resources('P1', 'AllergyIntolerance'))).toContain('青霉素');
    expect(JSON.stringify(await day.resources('P1', 'Procedure'))).toContain('81.5400');
  });

  const DATES = ['d3-medication 2026-11-22 10:00', 'd7-rehab 2026-11-26 10:00', 'm1-call 2026-12-21 09:00'];

  test('23: three dates, the Saturday moved to Monday', () => {
    expect(open(23)).toEqual(DATES);
  });

  test('24-25: three cancelled, planned again', () => {
    expect(open(24)).toEqual([]);
    expect(open(25)).toEqual(DATES);
  });

  test('26-27: T77 joins P1, one timeline', async () => {
    expect((await day.membersOf('P1')).toSorted()).toEqual(expect.arrayContaining(['P1', 'T77']));
    const visits = await day.search('Encounter', { patient: String((await day.patient('P1')).id) });
    expect(JSON.stringify(visits)).toContain('O20261121077');
  });

  test('28: the merge of two valid ID numbers is accepted, not applied, and opens a review', async () => {
    expect(at(28).code).toBe('AA');
    expect(await day.membersOf('P1')).not.toContain('P2');
    expect((await day.reviewsOf('P1', 'P2')).some(({ state }) => state === 'open')).toBe(true);
  });
});

describe('LIS, UTF-8', () => {
  test('29-30: HbA1c has two versions, the corrected one is shown', async () => {
    const [result] = await day.search('Observation', { patient: await day.idOf('P3'), code: '4548-4' });
    expect(result).toMatchObject({ status: 'corrected', valueQuantity: { value: 7.9 }, meta: { versionId: '2' } });
    const past = await day.history_('Observation', String(result?.['id']));
    expect(past.map((entry) => (entry['valueQuantity'] as { value: number }).value)).toEqual([7.9, 9.1]);
  });

  test('31-32: one alert, acknowledged; sent again: none', () => {
    const alerts = at(32).attempts.filter(({ audience, patient }) => audience === 'staff' && patient === 'P12');
    expect(alerts.map(({ recipient }) => recipient)).toEqual(['1012']);
    expect(
      at(32).occurrences.find(({ patient, step, kind }) => patient === 'P12' && step === 'notify' && kind === 'step')
        ?.acknowledged,
    ).toBe('1012');
  });

  test('33-34: escalated after 10, 20, 30 minutes; the correction is told', () => {
    const alerts = at(34).attempts.filter(({ audience, patient }) => audience === 'staff' && patient === 'P13');
    const first = alerts.map(({ recipient, at: time }) => `${recipient} ${time.slice(11, 16)}`);
    expect([...new Set(first)].slice(0, 4)).toEqual(['1013 11:30', 'D0900 11:40', 'N0001 11:50', 'M0001 12:00']);
    const told = alerts.filter(({ at: time }) => time.slice(11, 16) >= '12:05');
    expect([...new Set(told.map(({ template }) => template))]).toEqual(['correction-notice']);
    expect(at(41).attempts.filter(({ patient }) => patient === 'P13')).toHaveLength(alerts.length);
  });

  test('35: 11 LOINC codes, 1 on the list', async () => {
    const row = (await day.messages()).find(({ control }) => control === 'D0035');
    expect(row?.unmapped.filter(({ reason }) => reason === 'table-lacks-code')).toHaveLength(1);
    const results = await day.resources('P3', 'Observation');
    const loinc = results.filter((one) => JSON.stringify(one['code']).includes('http://loinc.org'));
    expect(loinc.filter((one) => JSON.stringify(one).includes('2026-11-21T09:30'))).toHaveLength(11);
  });

  test('36: ">20.0" and its note are kept', async () => {
    const text = await day.text('Observation', { patient: await day.idOf('P4') });
    expect(text).toMatch(/"value":20\.0,"comparator":">"|"comparator":">","value":20\.0/);
    expect(text).toContain('超出检测上限');
  });

  test('37: the culture is grouped by OBX-4', async () => {
    const results = await day.resources('P6', 'Observation');
    expect(
      results.filter((one) => one['hasMember'] !== undefined || one['derivedFrom'] !== undefined).length,
    ).toBeGreaterThan(0);
  });

  test('38: the number of LIS and the ID number make one person of two systems', async () => {
    expect((await day.membersOf('P4')).toSorted()).toEqual(['L9004', 'P4']);
  });

  test('39: wrong MSH-18: right text, with a warning', async () => {
    expect(JSON.stringify(await day.resources('P7', 'Observation'))).toContain('空腹血糖');
    const row = (await day.messages()).find(({ control }) => control === 'D0039');
    expect(row?.warnings.map(({ code }) => code)).toContain('hl7.charset-wrong');
  });

  test('40-41: withdrawn; a late preliminary report does not move the status back', async () => {
    const [withdrawn] = await day.resources('P7', 'Observation');
    expect(withdrawn?.['status']).toMatch(/entered-in-error|cancelled/);
    const results = (await day.resources('P4', 'Observation')).filter((one) =>
      JSON.stringify(one['code']).includes('葡萄糖'),
    );
    expect(results.map(({ status }) => status)).toEqual(['final']);
  });
});

describe('PACS and RIS', () => {
  test('42: joined by accession, not by name', async () => {
    expect(await day.membersOf('P1')).toContain('R20931');
    expect(JSON.stringify(await day.resources('P1', 'DiagnosticReport'))).toContain('X1120077');
  });

  test('43-45: preliminary, final, addendum: one report', async () => {
    const reports = await day.resources('P10', 'DiagnosticReport');
    expect(reports.map(({ status }) => status)).toEqual([expect.stringMatching(/amended|corrected|appended/)]);
  });

  test('46: no accession: a review with two candidates, no guess', async () => {
    expect(await day.membersOf('R20999')).toEqual(['R20999']);
    const reviews = await day.reviewsOf('R20999');
    const candidates = reviews.flatMap(({ records }) => records).filter((record) => record !== 'R20999');
    const persons = new Set(await Promise.all(candidates.map((number) => day.idOf(number))));
    expect([...persons].toSorted()).toEqual([await day.idOf('P1'), await day.idOf('P2')].toSorted());
  });

  test('47: another campus with the HIS number: the same record, campus shown', async () => {
    const reports = (await day.resources('P1', 'DiagnosticReport')).filter((one) =>
      JSON.stringify(one).includes('C1121047'),
    );
    expect(reports).toHaveLength(1);
    expect(
      JSON.stringify([
        reports,
        await day.resources('P1', 'Encounter'),
        await day.all('Location'),
        await day.all('Organization'),
      ]),
    ).toContain('HOSP01-B');
  });
});

describe('appointments and stops', () => {
  test('48-49: one appointment, moved', async () => {
    const [appointment, more] = await day.resources('P7', 'Appointment');
    expect(more).toBeUndefined();
    expect(appointment).toMatchObject({ status: 'booked', start: '2026-11-28T14:00:00+08:00' });
  });

  test.each([
    ['50-51', 'P4', 'cancelled'],
    ['52', 'P13', 'noshow'],
  ])('%s: the appointment of %s is %s', async (_rows, number, status) => {
    expect((await day.resources(number, 'Appointment')).map((one) => one['status'])).toEqual([status]);
  });

  test('53: no start: fails, ERR at SCH-11', () => {
    expect({ code: at(53).code, error: at(53).error }).toEqual({ code: 'AE', error: 'SCH-11' });
  });

  test('54: everything is cancelled for the deceased', () => {
    const states = at(54).occurrences.filter(({ patient }) => patient === 'P10');
    expect(states.length).toBeGreaterThan(0);
    expect(states.filter(({ state }) => state === 'planned' || state === 'paused')).toEqual([]);
  });

  test('56: enrolled late: day 3 and 7 skipped, month 1 moved from Saturday to Monday', () => {
    const steps = at(56).occurrences.filter(({ patient }) => patient === 'P15');
    expect(
      steps.map(({ step, state, due }) => (state === 'planned' ? `${step} ${due}` : `${step} ${state}`)).toSorted(),
    ).toEqual(['d3-medication skipped', 'd7-rehab skipped', 'm1-call 2026-12-14 09:00']);
  });

  test('57-58: paused, resumed', () => {
    const month = (n: number) =>
      at(n).occurrences.find(({ patient, step }) => patient === 'P15' && step === 'm1-call')?.state;
    expect([month(57), month(58)]).toEqual(['paused', 'planned']);
  });
});

describe('hostile', () => {
  test.each([
    [59, 'AR', undefined],
    [60, 'AE', 'PID-3'],
    [61, 'none', undefined],
    [62, 'AE', 'MSH-9'],
    [63, 'AA', undefined],
  ])('%d is answered %s', (n, code, error) => {
    expect({ code: at(n).code, error: at(n).error }).toEqual({ code, error });
  });

  test('60 and 62 are dead letters with code and place', async () => {
    const failed = (await day.messages()).filter(({ state }) => state === 'failed');
    expect(failed.map(({ control, problems }) => [control, problems[0]?.code, problems[0]?.at?.path])).toEqual(
      expect.arrayContaining([
        ['D0053', 'pipeline.key-field-missing', 'SCH-11'],
        ['D0060', 'pipeline.key-field-missing', 'PID-3'],
        ['D0062', 'mapping.unknown-event', 'MSH-9'],
      ]),
    );
  });

  test('61 and 63 are not in the record', async () => {
    expect((await day.messages()).filter(({ control }) => control === 'D0061' || control === 'D0063')).toEqual([]);
    expect(await day.search('Patient', { identifier: 'P99' })).toEqual([]);
  });
});

describe('afterwards', () => {
  afterwards(() => day);
});

describe('what is shown', () => {
  valid(() => day);
});
