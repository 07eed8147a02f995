import { describe, expect, test } from '@jest/globals';
import type { IdentityDirective } from '../../../src/fhir/patch.ts';
import { about, eventsOf, idOf, mr, patientOf, Ward } from './support.ts';

const key = (value: string) => ({ namespace: 'HOSP01', kind: 'Encounter', value });
const refOf = (value: string): string => `Encounter/${idOf('Encounter', key(value))}`;
const stay = (no: string, number: string, more: Readonly<Record<string, unknown>> = {}) =>
  about(no, 'Encounter', number, { status: 'in-progress', class: { code: 'IMP' }, ...more });
const found = (no: string, local: string, number: string) =>
  about(no, 'Observation', local, {
    status: 'final',
    code: { text: 'K' },
    valueString: local,
    encounter: { reference: refOf(number) },
  });
const renaming = (kind: 'merge-resource' | 'change-resource', retired: string, survivor: string) =>
  ({ kind, type: 'Encounter', retired: key(retired), survivor: key(survivor) }) satisfies IdentityDirective;

/** A patient with stays, each with one result. */
async function wardWith(...stays: readonly (readonly [no: string, number: string])[]): Promise<Ward> {
  const ward = new Ward();
  for (const [hour, [no, number]] of stays.entries()) {
    const at = `2026-11-18T0${hour}:00:00Z`;
    await ward.say(at, [patientOf(no), stay(no, number), found(no, `R-${number}`, number)]);
  }
  return ward;
}

const at = (hour: number): string => `2026-11-18T${String(hour).padStart(2, '0')}:00:00Z`;
const codes = (applied: Awaited<ReturnType<Ward['say']>>): readonly string[] =>
  applied.ok ? applied.value.warnings.map(({ code }) => code) : ['held'];

describe('a visit gets another number (A50)', () => {
  test('the new number means the same visit, in this message and later ones, and the old one does too', async () => {
    const ward = await wardWith(['P1', 'V1']);
    await ward.say(at(2), [patientOf('P1'), stay('P1', 'V2', { serviceType: { text: '骨科' } })], {
      directives: [renaming('change-resource', 'V1', 'V2')],
    });
    await ward.say(at(3), [patientOf('P1'), stay('P1', 'V2', { status: 'finished' }), found('P1', 'R2', 'V2')]);
    await ward.say(at(4), [patientOf('P1'), stay('P1', 'V1', { status: 'finished', priority: { text: '急' } })]);
    expect(await ward.resource('Encounter', 'V2')).toBeUndefined();
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({
      status: 'finished',
      serviceType: { text: '骨科' },
      priority: { text: '急' },
    });
    expect(await ward.resource('Observation', 'R2')).toMatchObject({ encounter: { reference: refOf('V1') } });
  });

  test('a second change leads on', async () => {
    const ward = await wardWith(['P1', 'V1']);
    for (const [hour, [from, to]] of (
      [
        ['V1', 'V2'],
        ['V2', 'V3'],
      ] as const
    ).entries()) {
      await ward.say(at(hour + 2), [patientOf('P1'), stay('P1', to)], {
        directives: [renaming('change-resource', from, to)],
      });
    }
    await ward.say(at(5), [patientOf('P1'), stay('P1', 'V3', { status: 'finished' })]);
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ status: 'finished' });
    expect(await ward.document('P1')).toMatchObject({ visits: { n: 1 } });
  });

  test('a number that is in use is refused with a warning', async () => {
    const ward = await wardWith(['P1', 'V1'], ['P1', 'V2']);
    const applied = await ward.say(at(2), [patientOf('P1')], {
      directives: [renaming('change-resource', 'V1', 'V2')],
    });
    expect(codes(applied)).toEqual(['identity.identifier-exists']);
    expect(await ward.document('P1')).toMatchObject({ visits: { n: 2 } });
  });
});

describe('two numbers of one visit (A42)', () => {
  test('the wrong one was entered in error; its results and later messages go to the right one', async () => {
    const ward = await wardWith(['P1', 'V1'], ['P1', 'V2']);
    const merged = await ward.say(at(2), [patientOf('P1'), stay('P1', 'V2')], {
      directives: [renaming('merge-resource', 'V1', 'V2')],
    });
    expect(eventsOf(merged)).toContain('encounter.cancelled');
    await ward.say(at(3), [patientOf('P1'), stay('P1', 'V1', { status: 'finished' })]);
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ status: 'entered-in-error' });
    expect(await ward.resource('Encounter', 'V2')).toMatchObject({ status: 'finished' });
    expect(await ward.resource('Observation', 'R-V1')).toMatchObject({ encounter: { reference: refOf('V2') } });
    expect(await ward.document('P1')).toMatchObject({ visits: { n: 1 }, measures: { n: 1 } });
  });

  test('a chain ends at the last one, and the same merge again changes nothing', async () => {
    const ward = await wardWith(['P1', 'V1'], ['P1', 'V2'], ['P1', 'V3']);
    const chain = [renaming('merge-resource', 'V1', 'V2'), renaming('merge-resource', 'V2', 'V3')];
    await ward.say(at(3), [patientOf('P1')], { directives: chain });
    const again = await ward.say(at(4), [patientOf('P1')], { directives: chain });
    expect(again).toMatchObject({ ok: true, value: { changes: [], warnings: [] } });
    for (const number of ['R-V1', 'R-V2', 'R-V3']) {
      expect(await ward.resource('Observation', number)).toMatchObject({ encounter: { reference: refOf('V3') } });
    }
  });

  test('a reversed merge changes nothing', async () => {
    const ward = await wardWith(['P1', 'V1'], ['P1', 'V2']);
    await ward.say(at(2), [patientOf('P1')], { directives: [renaming('merge-resource', 'V1', 'V2')] });
    await ward.say(at(3), [patientOf('P1')], { directives: [renaming('merge-resource', 'V2', 'V1')] });
    expect(await ward.resource('Encounter', 'V2')).toMatchObject({ status: 'in-progress' });
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ status: 'entered-in-error' });
  });

  test('visits of two persons are not merged, unless the message makes them one (A36)', async () => {
    const ward = await wardWith(['P1', 'V1'], ['P2', 'V2']);
    const visits = renaming('merge-resource', 'V1', 'V2');
    const refused = await ward.say(at(2), [patientOf('P2')], { directives: [visits] });
    expect(codes(refused)).toEqual(['record.merge-refused']);
    expect(await ward.resource('Observation', 'R-V1')).toMatchObject({ encounter: { reference: refOf('V1') } });
    await ward.say(at(3), [patientOf('P2')], {
      directives: [{ kind: 'merge', retired: mr('P1'), survivor: mr('P2') }, visits],
    });
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ status: 'entered-in-error' });
    expect(await ward.resource('Observation', 'R-V1')).toMatchObject({ encounter: { reference: refOf('V2') } });
  });
});
