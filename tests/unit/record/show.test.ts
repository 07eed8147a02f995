import { describe, expect, test } from '@jest/globals';

import { shownMembers, showResource } from '../../../src/record/show.ts';
import { textOf } from '../../../src/store/body.ts';
import type { Row } from '../../../src/store/port.ts';
import { about, idOf, mr, patientOf, patchOf, Ward } from './support.ts';

const member = idOf('Patient', mr('P1'));
const reference = { reference: `Patient/${member}` };

async function rowOf(type: string, elements: Readonly<Record<string, unknown>>): Promise<Row> {
  const ward = new Ward();
  const patch = patchOf(type, { namespace: 'HOSP01', kind: type, value: '1' }, elements);
  await ward.say('2026-11-18T01:00:00Z', [patientOf('P1'), patch]);
  const row = await ward.store.get('resources', `${type}/${patch.id}`);
  if (row === undefined) throw new RangeError('no row');
  return row;
}

describe('references to members are shown as the lead', () => {
  test.each<[string, string, Readonly<Record<string, unknown>>, boolean]>([
    ['a subject', 'Observation', { subject: reference, status: 'final' }, true],
    ['a participant', 'Appointment', { participant: [{ actor: reference }], status: 'booked' }, true],
    [
      'a version-specific reference stays',
      'Observation',
      { subject: { reference: `Patient/${member}/_history/1` } },
      false,
    ],
    ['a text that looks like one stays', 'Basic', { code: { text: `"reference":"Patient/${member}"` } }, false],
    ['Provenance stays', 'Provenance', { target: [reference] }, false],
  ])('%s', async (_name, type, elements, shown) => {
    const row = await rowOf(type, elements);
    const text = showResource(row, (id) => (id === member ? 'lead-1' : undefined));
    expect(text.includes('Patient/lead-1')).toBe(shown);
    expect(shownMembers(row)).toEqual(shown ? [member] : []);
    expect(JSON.parse(text.replaceAll('lead-1', member))).toEqual(JSON.parse(textOf(row)));
  });

  test('a longer id moves nothing else', async () => {
    const row = await rowOf('Observation', { subject: reference, performer: [reference], note: [{ text: '结果𬭎' }] });
    const shown = JSON.parse(showResource(row, () => 'x'.repeat(60))) as Readonly<Record<string, unknown>>;
    expect(shown).toMatchObject({
      subject: { reference: `Patient/${'x'.repeat(60)}` },
      performer: [{ reference: `Patient/${'x'.repeat(60)}` }],
      note: [{ text: '结果𬭎' }],
    });
  });
});

describe('resources that the engine itself makes', () => {
  const flag = (status: string) => ({
    resourceType: 'Flag',
    id: 'flag-1',
    status,
    code: { text: '血钾 6.8', coding: [{ code: 'critical-value' }] },
    subject: reference,
    period: { start: '2026-11-18T09:00:00+08:00' },
  });

  test('are versioned, found in the compartment and shown in the document at once', async () => {
    const ward = new Ward();
    await ward.say('2026-11-18T01:00:00Z', [patientOf('P1'), about('P1', 'Encounter', 'E1', { status: 'finished' })]);
    expect(await ward.own(flag('active'))).toMatchObject({ version: 1, rec: member });
    expect(await ward.own(flag('active'))).toBeUndefined();
    expect(await ward.own(flag('inactive'))).toMatchObject({ version: 2 });
    expect(await ward.document('P1')).toMatchObject({
      alerts: [
        { kind: 'critical-value', text: '血钾 6.8', state: 'closed', p: [['DESK', 'Flag/flag-1', '2026-11-18']] },
      ],
    });
  });
});

describe('rebuild', () => {
  test('writes nothing where the record is in order, and fresh search keys when asked to', async () => {
    const ward = new Ward();
    await ward.say('2026-11-18T01:00:00Z', [patientOf('P1'), about('P1', 'Encounter', 'E1', { status: 'finished' })]);
    expect(await ward.parts.rebuild(ward.store, {})).toMatchObject({ persons: 1, changed: 0 });
    const seen: number[] = [];
    const all = await ward.parts.rebuild(ward.store, { searchKeys: true, onProgress: ({ done }) => seen.push(done) });
    expect(all).toMatchObject({ persons: 1, resources: 2, changed: 2 });
    expect(seen).toEqual([1, 1, 2]);
    expect(await ward.resource('Encounter', 'E1')).toMatchObject({ meta: { versionId: '1' } });
  });
});
