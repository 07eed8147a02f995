import { describe, expect, test } from '@jest/globals';

import type { IdentityDirective } from '../../../src/fhir/patch.ts';
import { Hospital, idOf, keyOf, patientPatch, residentId, type Told } from './support.ts';

const A: Told = { number: 'A', name: '赵一', birth: '1971-01-11', sex: 'male' };
const B: Told = { number: 'B', name: '赵一', birth: '1971-01-11', sex: 'male' };
const C: Told = { number: 'C', name: '赵一', birth: '1971-01-11', sex: 'male' };

const merge = (retired: Told, survivor: Told): IdentityDirective => ({
  kind: 'merge',
  retired: keyOf(retired),
  survivor: keyOf(survivor),
});

async function hospitalOf(...told: readonly Told[]): Promise<Hospital> {
  const hospital = new Hospital();
  for (const one of told) await hospital.tell('HIS', one);
  return hospital;
}

const leadOf = async (hospital: Hospital, told: Told): Promise<string | undefined> =>
  (await hospital.source(told))?.person;

describe('merge by message (A40)', () => {
  test('before the first message of either number', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', [], merge(A, B));
    expect(await hospital.persons()).toEqual([['A', 'B']]);
    await hospital.tell('HIS', A);
    expect(await hospital.source(A)).toMatchObject({ state: 'retired', person: idOf(B) });
  });

  test('of a retired number that turns out to be somebody else is kept back, and a review asks', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', { ...B, id: residentId('1971-01-11', 11) }, merge(A, B));
    await hospital.tell('HIS', { ...A, id: residentId('1971-01-11', 13) });
    expect(await hospital.persons()).toEqual([['A'], ['B']]);
    expect((await hospital.source(A))?.state).toBe('live');
    expect((await hospital.reviews()).map(({ kind }) => kind)).toEqual(['merge']);
  });

  test('in a chain, whatever comes first', async () => {
    for (const steps of [
      [merge(A, B), merge(B, C)],
      [merge(B, C), merge(A, B)],
    ]) {
      const hospital = await hospitalOf(A, B, C);
      for (const step of steps) await hospital.tell('HIS', [], step);
      expect(await hospital.persons()).toEqual([['A', 'B', 'C']]);
      expect(await leadOf(hospital, A)).toBe(idOf(C));
    }
  });

  test('repeated changes nothing', async () => {
    const hospital = await hospitalOf(A, B);
    await hospital.tell('HIS', [], merge(A, B));
    const again = await hospital.tell('HIS', [], merge(A, B));
    expect(again.persons).toEqual([]);
    expect(again.sources).toEqual([]);
    expect(await hospital.store.count('assertions', {})).toBe(1);
  });

  test('reversed makes the other number the survivor', async () => {
    const hospital = await hospitalOf(A, B);
    await hospital.tell('HIS', [], merge(A, B));
    await hospital.tell('HIS', [], merge(B, A));
    expect(await leadOf(hospital, B)).toBe(idOf(A));
    expect(await hospital.source(A)).toMatchObject({ state: 'live' });
    expect(await hospital.source(B)).toMatchObject({ state: 'retired', into: idOf(A) });
  });

  test('in a circle leaves the last survivor alive', async () => {
    const hospital = await hospitalOf(A, B, C);
    for (const step of [merge(A, B), merge(B, C), merge(C, A)]) await hospital.tell('HIS', [], step);
    expect(await hospital.persons()).toEqual([['A', 'B', 'C']]);
    expect(await leadOf(hospital, C)).toBe(idOf(A));
  });

  test('of a number into itself is refused with a warning', async () => {
    const hospital = await hospitalOf(A);
    const { warnings, persons } = await hospital.tell('HIS', [], merge(A, A));
    expect(warnings.map(({ code }) => code)).toEqual(['identity.self-merge']);
    expect(persons).toEqual([]);
  });

  test('across namespaces is applied with a warning', async () => {
    const lis: Told = { ...A, number: 'L1', namespace: 'LIS' };
    const hospital = await hospitalOf(B, lis);
    const { warnings } = await hospital.tell('HIS', [], merge(lis, B));
    expect(warnings.map(({ code }) => code)).toEqual(['identity.merge-across']);
    expect(await hospital.persons()).toEqual([['B', 'L1']]);
  });

  test('of two people whose name, birth date and sex all differ is not applied', async () => {
    const other: Told = { number: 'O', name: '钱二', birth: '1999-09-09', sex: 'female' };
    const hospital = await hospitalOf(A, other);
    const { warnings } = await hospital.tell('HIS', [], merge(other, A));
    expect(warnings.map(({ code }) => code)).toEqual(['identity.merge-refused']);
    expect(await hospital.persons()).toEqual([['A'], ['O']]);
  });
});

describe('other facts by message', () => {
  test('A24 links, A37 unlinks, and the rules do not link again', async () => {
    const lis: Told = { ...A, number: 'L1', namespace: 'LIS', id: residentId('1971-01-11', 11) };
    const his: Told = { ...A, id: residentId('1971-01-11', 11) };
    const hospital = await hospitalOf(his, lis);
    expect(await hospital.persons()).toEqual([['A', 'L1']]);
    await hospital.tell('HIS', [], { kind: 'unlink', a: keyOf(his), b: keyOf(lis) });
    await hospital.tell('LIS', { ...lis, phone: '13900000077' });
    expect(await hospital.persons()).toEqual([['A'], ['L1']]);
    await hospital.tell('HIS', [], { kind: 'link', a: keyOf(his), b: keyOf(lis) });
    expect(await hospital.persons()).toEqual([['A', 'L1']]);
    expect((await hospital.source(lis))?.state).toBe('live');
  });

  test('A24 of mother and newborn is not applied', async () => {
    const mother: Told = { number: 'M', name: '孙丽', birth: '1994-05-06', sex: 'female' };
    const baby: Told = { number: 'N', name: '孙丽之女', birth: '2026-11-20', sex: 'female' };
    const hospital = await hospitalOf(mother, baby);
    const { warnings } = await hospital.tell('HIS', [], { kind: 'link', a: keyOf(mother), b: keyOf(baby) });
    expect(warnings.map(({ code }) => code)).toEqual(['identity.merge-refused']);
    expect(await hospital.persons()).toEqual([['M'], ['N']]);
  });

  test('A43 moves a number from the wrong person to the right one', async () => {
    const hospital = await hospitalOf(A, B, C);
    await hospital.tell('HIS', [], merge(A, B));
    await hospital.tell('HIS', [], { kind: 'move-identifier', identifier: keyOf(A), to: keyOf(C) });
    expect(await hospital.persons()).toEqual([['A', 'C'], ['B']]);
    expect((await hospital.source(A))?.state).toBe('live');
  });

  test('A47: messages with the new number reach the record of the old one', async () => {
    const hospital = await hospitalOf(A);
    const change: IdentityDirective = { kind: 'change-identifier', from: keyOf(A), to: keyOf({ number: 'NEW' }) };
    const { recs } = await hospital.tell('HIS', { ...A, number: 'NEW' }, change);
    expect([...recs.values()]).toEqual([idOf(A)]);
    await hospital.tell('HIS', { ...A, number: 'NEW', phone: '13900000078' });
    expect((await hospital.source(A))?.copy.phones).toEqual(['13900000078']);
    expect(await hospital.store.count('sources', {})).toBe(1);
  });

  test('A47 into a number that is in use is refused with a warning', async () => {
    const hospital = await hospitalOf(A, B);
    const { warnings } = await hospital.tell('HIS', [], { kind: 'change-identifier', from: keyOf(A), to: keyOf(B) });
    expect(warnings.map(({ code }) => code)).toEqual(['identity.identifier-exists']);
    expect(await hospital.store.count('sources', {})).toBe(2);
  });

  test('A29 takes the record out of its person; newer news brings it back', async () => {
    const hospital = await hospitalOf(A, B);
    await hospital.tell('HIS', [], merge(A, B));
    const { persons } = await hospital.tell('HIS', [], { kind: 'delete', patient: keyOf(B) });
    expect(await hospital.persons()).toEqual([['A']]);
    expect(persons.map(({ id }) => id).sort()).toEqual([idOf(A), idOf(B)].sort());
    expect((await hospital.source(B))?.state).toBe('deleted');
    await hospital.tell('HIS', B);
    expect((await hospital.source(B))?.state).not.toBe('deleted');
  });

  test('a late A29 does not delete what newer news tells of', async () => {
    const hospital = await hospitalOf(A);
    const late = new Date('2026-11-20T00:00:00Z');
    const directives: readonly IdentityDirective[] = [{ kind: 'delete', patient: keyOf(A) }];
    const { warnings } = await hospital.apply(hospital.news('HIS', { at: late, directives }));
    expect(warnings.map(({ code }) => code)).toEqual(['identity.delete-overtaken']);
    expect((await hospital.source(A))?.state).toBe('live');
  });
});

describe('a number in strange hands (G12)', () => {
  const first: Told = { ...A, id: residentId('1971-01-11', 11) };
  const second: Told = {
    number: 'A',
    name: '钱二',
    birth: '1999-09-09',
    sex: 'female',
    id: residentId('1999-09-09', 12),
  };

  test.each([
    ['another valid ID number', { ...A, id: residentId('1971-01-11', 13) }],
    ['another name, birth date and sex', { ...second, id: undefined }],
  ])('%s holds the message', async (_what, { id, ...told }) => {
    const hospital = await hospitalOf(first);
    const news = hospital.news('HIS', {});
    const patch = patientPatch(id === undefined ? told : { ...told, id });
    const { held, puts } = await hospital.attempt({ ...news, patches: [patch] });
    expect(held).toBe('identity.other-holder');
    expect(puts).toEqual(['reviews']);
    expect((await hospital.source(A))?.copy.names[0]?.text).toBe('赵一');
  });

  test('placeholders and unknown values never conflict', async () => {
    const hospital = await hospitalOf({ number: 'A', name: '无名氏', birth: '1900-01-01', sex: 'male' });
    await hospital.tell('HIS', second);
    expect((await hospital.source(A))?.copy.names[0]?.text).toBe('钱二');
  });
});
