import { describe, expect, test } from '@jest/globals';
import { uuidV5 } from '../../../src/core/ids.ts';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { phoneOf, operation, stay, World } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

const related = (id: string, code: string, more: Json): FhirResource => ({
  resourceType: 'RelatedPerson',
  id,
  patient: { reference: 'Patient/r1' },
  name: [{ text: '测试家长' }],
  relationship: [{ coding: [{ code }] }],
  ...more,
});
const phone = (value: string): Json => ({ telecom: [{ system: 'phone', value }] });

/** Whom the first message of the plan reached. */
async function reached(born: string | undefined, others: readonly FhirResource[]): Promise<World> {
  const world = new World('2026-11-21T08:00:00+08:00');
  const { birthDate, ...patient } = world.patient('r1', born) as FhirResource & { birthDate?: string };
  const r1 = { ...patient, ...(born === undefined ? {} : { birthDate }) };
  const resources = [r1, stay('e1', 'r1'), operation('p1', 'e1', '2026-11-19'), ...others];
  await world.apply('r1', resources, [{ type: 'encounter.discharged', ref: 'Encounter/e1' }]);
  await world.at('2026-11-22T10:00:00+08:00');
  return world;
}

describe('a message for a child', () => {
  const mother = related('m', 'MTH', phone('19900000011'));
  const guardian = related('g', 'GUARD', phone('19900000012'));
  const employer = related('e', 'E', phone('19900000013'));
  const former = related('f', 'GUARD', { ...phone('19900000014'), period: { end: '2020-01-01' } });

  test.each<[string, string | undefined, readonly FhirResource[], string]>([
    ['goes to a parent', '2026-11-20', [mother], '19900000011'],
    ['goes to the guardian before a parent', '2018-03-04', [mother, guardian], '19900000012'],
    ['goes to nobody who is guardian no more', '2018-03-04', [mother, former], '19900000011'],
    ['never goes to an employer, rather to the number of the child', '2018-03-04', [employer], phoneOf('r1')],
    ['goes to the number of the child where no guardian is known', '2018-03-04', [], phoneOf('r1')],
    ['of which only the year of birth is known goes to the guardian', '2018', [guardian], '19900000012'],
    ['who has grown up goes to the patient', '2012-11-22', [guardian], phoneOf('r1')],
    ['that is none, without birth date, goes to the patient', undefined, [guardian], phoneOf('r1')],
  ])('%s', async (_name, born, others, to) => {
    const world = await reached(born, others);
    expect((await world.attempts()).map((attempt) => attempt.to)).toEqual([to]);
  });

  test('speaks to the parents', async () => {
    const [sent] = await (await reached('2020-11-20', [mother])).attempts();
    expect(sent?.text).toContain('测试r1家长');
  });

  test('an answer of the guardian belongs to the child, and its opt-out holds', async () => {
    const world = await reached('2020-11-20', [mother]);
    const reply = { kind: 'reply', from: '19900000011', text: 'TD', at: world.now } as const;
    expect(await world.answers.reply(reply)).toEqual({ ok: true, value: { risk: 'optout' } });
    await world.at('2026-11-26T10:00:00+08:00');
    expect((await world.plan())[1]).toBe('d7-rehab skipped opt-out 11-26 10:00');
  });
});

describe('a mother known by her number (PID-21)', () => {
  const system = 'urn:jingluo:namespace/HOSP01';
  const type = { coding: [{ code: 'MR' }] };
  const byNumber = related('m', 'MTH', { identifier: [{ system, type, value: 'P8' }] });
  const id = uuidV5(new World('2026-11-21T08:00:00+08:00').deps.installation, 'Patient', 'HOSP01', 'MR', 'P8');

  async function reachedVia(name: string, more: readonly FhirResource[] = []): Promise<World> {
    const world = new World('2026-11-21T08:00:00+08:00');
    const own = { ...world.patient(id, '1995-01-01'), name: [{ text: name }] } as FhirResource;
    await world.apply(id, [{ ...own, ...phone('19900000018') }, ...more], []);
    const resources = [world.patient('r1', '2026-11-20', []), stay('e1', 'r1'), operation('p1', 'e1', '2026-11-19')];
    await world.apply('r1', [...resources, byNumber], [{ type: 'encounter.discharged', ref: 'Encounter/e1' }]);
    await world.at('2026-11-22T10:00:00+08:00');
    return world;
  }

  test('is reached at her own number', async () => {
    expect((await (await reachedVia('测试家长')).attempts()).map(({ to }) => to)).toEqual(['19900000018']);
  });

  test('somebody of another name is not taken for her', async () => {
    const world = await reachedVia('测试别人');
    expect(await world.attempts()).toEqual([]);
    expect((await world.plan())[0]).toBe('d3-medication skipped no-address 11-22 10:00');
  });

  test('who wants no SMS gets none for her child', async () => {
    const deny = { type: 'deny', action: [{ coding: [{ code: 'sms' }] }] };
    const optOut = { resourceType: 'Consent', id: 'c', status: 'active', provision: deny } as FhirResource;
    const world = await reachedVia('测试家长', [{ ...optOut, dateTime: '2026-01-01T00:00:00+08:00' }]);
    expect((await world.attempts()).filter(({ channel }) => channel === 'sms')).toEqual([]);
    expect((await world.plan())[0]).toBe('d3-medication skipped opt-out 11-22 10:00');
  });
});
