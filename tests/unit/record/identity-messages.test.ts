import { describe, expect, test } from '@jest/globals';
import { CONTEXT, loaded, mapped, message } from '../mapping/mapping-files.ts';
import { idOf, INSTALLATION, mr, Ward } from './support.ts';

const set = loaded();
let sent = 0;

/** A ward that hears messages of the hospital, an hour apart. */
class Hearing extends Ward {
  #hour = 0;

  /** Tells one event; answers the codes of its warnings, or why it is held. */
  async hear(event: string, ...segments: readonly string[]): Promise<readonly string[]> {
    this.#hour += 1;
    const time = `202611${String(10 + this.#hour)}080000`;
    sent += 1;
    const from = message(`MSH|^~\\&|HIS|H|J|J|${time}||ADT^${event}|M${sent}|P|2.5`, `EVN||${time}`, ...segments);
    const context = { ...CONTEXT, installation: INSTALLATION, ids: { MR: 'HOSP01', VN: 'HOSP01', AN: 'HOSP01' } };
    const { patches, directives, snapshots } = mapped(set, from, context);
    const at = new Date(Date.UTC(2026, 10, 10 + this.#hour)).toISOString();
    const applied = await this.say(at, patches, { directives, snapshots });
    return applied.ok ? applied.value.warnings.map(({ code }) => code) : [applied.error.held.code];
  }
}

const pid = (number: string, name = `测试${number}`, account = ''): string =>
  `PID|1||${number}^^^HOSP01^MR||${name}|||||||||||||${account}`;
const pv1 = (visit: string, kind = 'I', place = 'D-骨科^101^1'): string =>
  `PV1|1|${kind}|${place}||||||||||||||||${visit}|||||||||||||||||||||||||20261101080000`;
const mrg = (patient: string, account = '', visit = ''): string => `MRG|${patient}^^^HOSP01^MR||${account}||${visit}`;
const patientOf = (number: string): string => `Patient/${idOf('Patient', mr(number))}`;

describe('a stay through its events', () => {
  test.each<[steps: string, status: string]>([
    ['A05 A01', 'in-progress'],
    ['A05 A38', 'cancelled'],
    ['A14 A27', 'cancelled'],
    ['A01 A21', 'onleave'],
    ['A01 A21 A22', 'in-progress'],
    ['A01 A16 A25', 'in-progress'],
    ['A01 A15 A26', 'in-progress'],
    ['A01 A02 A12', 'in-progress'],
    ['A01 A03', 'finished'],
    ['A01 A03 A08', 'finished'],
    ['A01 A03 A13', 'in-progress'],
    ['A01 A03 A13 A03', 'finished'],
    ['A04 A06 A03', 'finished'],
    ['A01 A11', 'cancelled'],
  ])('%s: %s', async (steps, status) => {
    const ward = new Hearing();
    for (const event of steps.split(' ')) await ward.hear(event, pid('P1'), pv1('V1'));
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ status });
  });

  test('A13 takes the end away that A03 gave, and leaves the start', async () => {
    const ward = new Hearing();
    for (const event of ['A01', 'A03', 'A13']) await ward.hear(event, pid('P1'), pv1('V1'));
    expect((await ward.resource('Encounter', 'V1'))?.['period']).toEqual({ start: '2026-11-01T08:00:00+08:00' });
  });

  test('how the patient left is known until the discharge is taken back', async () => {
    const ward = new Hearing();
    const left = (how: string): string => `PV1|1|I|W1|||||||||||7|||||V1|${'|'.repeat(16)}${how}`;
    await ward.hear('A01', pid('P1'), left(''));
    await ward.hear('A03', pid('P1'), left('01'));
    await ward.hear('A08', pid('P1'), left(''));
    const gone = { dischargeDisposition: { coding: [{ code: '01' }] } };
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ hospitalization: gone });
    await ward.hear('A13', pid('P1'), left('01'));
    const stay = (await ward.resource('Encounter', 'V1'))?.['hospitalization'];
    expect(stay).toMatchObject({ admitSource: { coding: [{ code: '7' }] } });
    expect(stay).not.toHaveProperty('dischargeDisposition');
  });

  test('a transfer that is taken back leaves no trace but in the history', async () => {
    const ward = new Hearing();
    const at = (place: string, prior = '', pending = ''): string =>
      `PV1|1|I|${place}|||${prior}|||||||||||||V1${'|'.repeat(23)}${pending}`;
    const places = async (): Promise<unknown> =>
      ((await ward.resource('Encounter', 'V1'))?.['location'] as readonly Record<string, unknown>[]).map(
        ({ location, status }) => [(location as { display: string }).display, status],
      );
    await ward.hear('A01', pid('P1'), at('W1'));
    await ward.hear('A15', pid('P1'), at('W1', '', 'W2'));
    await ward.hear('A02', pid('P1'), at('W2', 'W1'));
    expect(await places()).toEqual([
      ['W2', 'active'],
      ['W1', 'completed'],
    ]);
    await ward.hear('A08', pid('P1'), at('W2'));
    expect(await places()).toHaveLength(2);
    await ward.hear('A12', pid('P1'), at('W1', 'W2'));
    expect(await places()).toEqual([['W1', 'active']]);
  });

  test('A17 swaps the beds of two stays', async () => {
    const ward = new Hearing();
    await ward.hear('A01', pid('P1'), pv1('V1', 'I', 'W^1^1'));
    await ward.hear('A01', pid('P2'), pv1('V2', 'I', 'W^2^2'));
    await ward.hear('A17', pid('P1'), pv1('V1', 'I', 'W^2^2'), pid('P2'), pv1('V2', 'I', 'W^1^1'));
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ location: [{ location: { display: 'W 2 2' } }] });
    expect(await ward.resource('Encounter', 'V2')).toMatchObject({ location: [{ location: { display: 'W 1 1' } }] });
  });
});

describe('numbers of patients', () => {
  test.each(['A18', 'A30', 'A34', 'A39', 'A40'])(
    '%s: the wrong number retires and is shown with its link',
    async (event) => {
      const ward = new Hearing();
      await ward.hear('A28', pid('P1', '张伟'));
      await ward.hear('A28', pid('T1', '张伟'));
      expect(await ward.hear(event, pid('P1', '张伟'), mrg('T1'))).toEqual([]);
      expect(await ward.resource('Patient', 'T1')).toMatchObject({
        link: [{ other: { reference: patientOf('P1') }, type: 'replaced-by' }],
      });
    },
  );

  test('a merge with itself is told and does nothing', async () => {
    const ward = new Hearing();
    await ward.hear('A28', pid('P1'));
    await ward.hear('A40', pid('P1'), mrg('P1'));
    expect(await ward.resource('Patient', 'P1')).not.toHaveProperty('link');
  });

  test('A24 links, A37 takes the link back', async () => {
    const ward = new Hearing();
    await ward.hear('A24', pid('P1'), pid('P2'));
    expect(await ward.resource('Patient', 'P2')).toHaveProperty('link');
    await ward.hear('A37', pid('P1'), pid('P2'));
    expect(await ward.resource('Patient', 'P2')).not.toHaveProperty('link');
  });

  test.each(['A46', 'A47'])('%s: the new number is the same patient, the old one is kept as such', async (event) => {
    const ward = new Hearing();
    await ward.hear('A28', pid('P1'));
    await ward.hear(event, pid('P2'), mrg('P1'));
    await ward.hear('A01', pid('P2'), pv1('V1'));
    expect(await ward.resource('Patient', 'P2')).toBeUndefined();
    expect(await ward.resource('Patient', 'P1')).toMatchObject({
      identifier: [{ value: 'P2' }, { value: 'P1', use: 'old' }],
    });
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ subject: { reference: patientOf('P1') } });
  });

  test('A43 gives a number to the person whom another one names', async () => {
    const ward = new Hearing();
    for (const number of ['P1', 'P2', 'P3']) await ward.hear('A28', pid(number, '张伟'));
    await ward.hear('A40', pid('P2', '张伟'), mrg('P1'));
    await ward.hear('A43', 'PID|1||P1^^^HOSP01^MR~P3^^^HOSP01^MR||张伟', mrg('P1'));
    const linked = JSON.stringify((await ward.resource('Patient', 'P1'))?.['link']);
    expect(linked).toContain(patientOf('P3'));
    expect(linked).not.toContain(patientOf('P2'));
  });

  test('A29 deletes, and the number answers with a tombstone', async () => {
    const ward = new Hearing();
    await ward.hear('A28', pid('P1'));
    await ward.hear('A29', pid('P1'));
    expect((await ward.store.get('resources', patientOf('P1')))?.fields['type']).toBe('-Patient');
  });
});

describe('numbers of accounts and visits', () => {
  test('A45 moves the visits of the wrong patient to the right one', async () => {
    const ward = new Hearing();
    await ward.hear('A01', pid('P1'), pv1('V1'));
    await ward.hear('A28', pid('P2'));
    const warnings = await ward.hear('A45', pid('P2'), mrg('P1', '', 'V1^^^HOSP01^VN'), pv1('V1'));
    expect(warnings).toEqual([]);
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ subject: { reference: patientOf('P2') } });
  });

  test('A44 moves an account', async () => {
    const ward = new Hearing();
    await ward.hear('A01', pid('P1', '张伟', 'A1'), pv1('V1'));
    await ward.hear('A44', pid('P2', '李敏', 'A1'), mrg('P1', 'A1'));
    expect(await ward.resource('Account', 'A1')).toMatchObject({ subject: [{ reference: patientOf('P2') }] });
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ subject: { reference: patientOf('P2') } });
  });

  test.each(['A35', 'A41'])('%s: the visit goes to the right account, whose old number is kept', async (event) => {
    const ward = new Hearing();
    await ward.hear('A01', pid('P1', '张伟', 'A1'), pv1('V1'));
    await ward.hear('A01', pid('P1', '张伟', 'A2'), pv1('V2'));
    await ward.hear(event, pid('P1', '张伟', 'A2'), mrg('P1', 'A1'));
    const account = `Account/${idOf('Account', { namespace: 'HOSP01', kind: 'Account', value: 'A2' })}`;
    expect(await ward.resource('Account', 'A1')).toMatchObject({ status: 'entered-in-error' });
    expect(await ward.resource('Account', 'A2')).toMatchObject({
      identifier: [{ value: 'A2' }, { value: 'A1', use: 'old' }],
    });
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ account: [{ reference: account }] });
  });

  test('A36 merges patients and their accounts in one message', async () => {
    const ward = new Hearing();
    await ward.hear('A01', pid('T1', '张伟', 'A1'), pv1('V1'));
    await ward.hear('A01', pid('P1', '张伟', 'A2'), pv1('V2'));
    expect(await ward.hear('A36', pid('P1', '张伟', 'A2'), mrg('T1', 'A1'))).toEqual([]);
    expect(await ward.resource('Account', 'A1')).toMatchObject({ status: 'entered-in-error' });
    expect(await ward.document('P1')).toMatchObject({ visits: { n: 2 } });
  });

  test('A42 merges visits, A50 gives one another number', async () => {
    const ward = new Hearing();
    await ward.hear('A01', pid('P1'), pv1('V1'));
    await ward.hear('A01', pid('P1'), pv1('V2'));
    await ward.hear('A42', pid('P1'), mrg('P1', '', 'V1'), pv1('V2'));
    await ward.hear('A50', pid('P1'), mrg('P1', '', 'V2'), pv1('V3'));
    await ward.hear('A03', pid('P1'), pv1('V3'));
    expect(await ward.resource('Encounter', 'V1')).toMatchObject({ status: 'entered-in-error' });
    expect(await ward.resource('Encounter', 'V2')).toMatchObject({
      status: 'finished',
      identifier: [{ value: 'V3' }, { value: 'V2', use: 'old' }],
    });
    expect(await ward.document('P1')).toMatchObject({ visits: { n: 1 } });
  });
});
