import { describe, expect, test } from '@jest/globals';

import type { ResourcePatch } from '../../../src/fhir/patch.ts';
import { Draft } from '../../../src/store/draft.ts';
import { Hospital, idOf, keyOf, patientPatch, residentId, type Told } from './support.ts';

const BIRTH = '1968-03-12';
const P1: Told = { number: 'P1', name: '张伟', birth: BIRTH, sex: 'male', id: '990000196803121014' };
const P2: Told = { number: 'P2', name: '张伟', birth: BIRTH, sex: 'male', id: '990000196803121030' };
const T77: Told = { number: 'T77', name: '张伟', birth: BIRTH, sex: 'male' };
const ZHANG_WEI: Told = { number: 'R20931', namespace: 'PACS', name: 'ZHANG WEI' };
const ACCESSION = { system: 'urn:jingluo:namespace/HIS', value: 'X1120077' };

const order = (type: string, id: string, owner: Told): ResourcePatch => ({
  type,
  id,
  elements: {
    subject: { kind: 'value', value: { reference: `Patient/${idOf(owner)}` } },
    identifier: { kind: 'value', value: [ACCESSION] },
  },
});

/** The later stage's part: the resource with the keys that a search finds it by. */
async function storeOrder(hospital: Hospital, type: string, id: string, owner: Told): Promise<void> {
  const draft = new Draft(hospital.store);
  draft.put({
    collection: 'resources',
    id: `${type}/${id}`,
    body: JSON.stringify({
      resourceType: type,
      id,
      subject: { reference: `Patient/${idOf(owner)}` },
      identifier: [ACCESSION],
    }),
    keys: [[type, 'identifier', ACCESSION.system, ACCESSION.value].join('\u0001')],
    fields: { type, lastUpdated: new Date(0), version: 1 },
  });
  await draft.commit();
}

describe('people of the demo day', () => {
  test('same name and birth date, two valid ID numbers: two persons, and the pair names G1', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', P1);
    await hospital.tell('HIS', P2);
    expect(await hospital.persons()).toEqual([['P1'], ['P2']]);
    const { rows } = await hospital.store.find('links', {});
    expect(rows.map((row) => JSON.parse(row.body as string) as object)).toMatchObject([
      { verdict: 'apart', guards: ['G1'] },
    ]);
    expect(await hospital.reviews()).toEqual([]);
  });

  test('a newborn is not its mother, even under her ID number and phone', async () => {
    const hospital = new Hospital();
    const mother = { number: 'P8', name: '孙丽', birth: '1994-05-06', sex: 'female', phone: '13900000001' } as const;
    const id = residentId('1994-05-06', 22);
    await hospital.tell('HIS', { ...mother, id });
    await hospital.tell('HIS', {
      number: 'P9',
      name: '孙丽之女',
      birth: '2026-11-20',
      sex: 'female',
      phone: mother.phone,
      id,
    });
    expect(await hospital.persons()).toEqual([['P8'], ['P9']]);
    expect(await hospital.reviews()).toEqual([]);
    expect((await hospital.source({ number: 'P9' }))?.copy.mother).toBe('孙丽');
  });

  test('an unknown patient is never linked; with name and ID number it is identified and stays the same record', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', { number: 'E1', name: '无名氏', sex: 'male' });
    await hospital.tell('HIS', { number: 'E2', name: '无名氏', sex: 'male' });
    expect(await hospital.persons()).toEqual([['E1'], ['E2']]);
    expect(await hospital.reviews()).toEqual([]);
    const before = await hospital.source({ number: 'E1' });
    const id = residentId('1970-01-02', 31);
    const { persons } = await hospital.tell('HIS', {
      number: 'E1',
      name: '李明',
      birth: '1970-01-02',
      sex: 'male',
      id,
    });
    expect(persons).toEqual([]);
    expect(await hospital.source({ number: 'E1' })).toMatchObject({ id: before?.id, copy: { ids: [{ value: id }] } });
  });

  test('across systems by equal ID number, name and birth date', async () => {
    const hospital = new Hospital();
    const his: Told = {
      number: 'P4',
      name: '刘洋',
      birth: '1988-02-03',
      sex: 'female',
      id: residentId('1988-02-03', 24),
    };
    await hospital.tell('HIS', his);
    const { persons } = await hospital.tell('LIS', { ...his, number: 'L4', namespace: 'LIS' });
    const lis = idOf({ number: 'L4', namespace: 'LIS' });
    expect(persons).toEqual([{ id: idOf(his), before: [idOf(his)], after: [idOf(his), lis] }]);
  });

  test('a merge by message gives one person, the later number answers with the survivor', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', P1);
    await hospital.tell('HIS', P2);
    await hospital.tell('HIS', T77);
    expect((await hospital.reviews()).map(({ candidates }) => candidates.map(({ guards }) => guards))).toEqual([
      [['G7'], ['G7']],
    ]);
    await hospital.tell('HIS', P1, { kind: 'merge', survivor: keyOf(P1), retired: keyOf(T77) });
    expect(await hospital.persons()).toEqual([['P1', 'T77'], ['P2']]);
    expect(await hospital.source(T77)).toMatchObject({ state: 'retired', into: idOf(P1), person: idOf(P1) });
    expect(await hospital.reviews()).toEqual([]);
  });

  test('a merge of two valid ID numbers is accepted, not applied, and a review asks', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', P1);
    await hospital.tell('HIS', P2);
    const { warnings, persons } = await hospital.tell('HIS', P1, {
      kind: 'merge',
      survivor: keyOf(P1),
      retired: keyOf(P2),
    });
    expect(warnings.map(({ code }) => code)).toEqual(['identity.merge-refused']);
    expect(persons).toEqual([]);
    expect(await hospital.persons()).toEqual([['P1'], ['P2']]);
    expect(await hospital.reviews()).toMatchObject([
      { kind: 'merge', subject: idOf(P2), candidates: [{ rec: idOf(P1), guards: ['G1'] }] },
    ]);
  });

  test('a report in pinyin joins by accession number, one without opens one review with two candidates', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', P1);
    await hospital.tell('HIS', P2);
    await storeOrder(hospital, 'ServiceRequest', 'o1', P1);
    const news = hospital.news('PACS', {
      patches: [patientPatch(ZHANG_WEI), order('DiagnosticReport', 'r1', ZHANG_WEI)],
    });
    await hospital.apply(news);
    expect(await hospital.persons()).toEqual([['P1', 'R20931'], ['P2']]);
    expect(await hospital.reviews()).toEqual([]);

    await hospital.tell('PACS', { ...ZHANG_WEI, number: 'R20932' });
    expect(await hospital.persons()).toEqual([['P1', 'R20931'], ['P2'], ['R20932']]);
    const [review, ...others] = await hospital.reviews();
    expect(others).toEqual([]);
    expect(review?.candidates.map(({ person }) => person).sort()).toEqual([idOf(P1), idOf(P2)].sort());
  });

  test('the order that comes after its report joins the two as well', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', P1);
    await hospital.tell('PACS', ZHANG_WEI);
    await storeOrder(hospital, 'DiagnosticReport', 'r1', ZHANG_WEI);
    await hospital.apply(hospital.news('HIS', { patches: [patientPatch(P1), order('ServiceRequest', 'o1', P1)] }));
    expect(await hospital.persons()).toEqual([['P1', 'R20931']]);
  });

  test('an A08 with nothing new touches no ticket, link or person', async () => {
    const hospital = new Hospital();
    await hospital.tell('HIS', P1);
    const { identified, puts } = await hospital.attempt(hospital.news('HIS', { patches: [patientPatch(P1)] }));
    expect(puts).toEqual(['sources']);
    expect(identified).toMatchObject({ sources: [], persons: [], touched: [] });
  });
});
