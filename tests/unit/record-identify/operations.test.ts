import { describe, expect, test } from '@jest/globals';

import type { Problem } from '../../../src/core/problem.ts';
import type { Result } from '../../../src/core/result.ts';
import type { Actor, OperationDone } from '../../../src/record/identify/contract.ts';
import { decideReview, type ReviewAnswer } from '../../../src/record/identify/decide-review.ts';
import { explainPerson, exportLinks, listReviews } from '../../../src/record/identify/explain-person.ts';
import { mergePersons } from '../../../src/record/identify/merge-persons.ts';
import { splitPerson } from '../../../src/record/identify/split-person.ts';
import { compartmentKey } from '../../../src/record/versions.ts';
import { Draft } from '../../../src/store/draft.ts';
import { Hospital, idOf, keyOf, patientPatch, residentId, type Told } from './support.ts';

const CLERK: Actor = { user: 'kf07', reason: 'asked at the desk' };
const ID = '990000196803121014';
const P1: Told = { number: 'P1', name: '张伟', birth: '1968-03-12', sex: 'male', id: ID };
const T77: Told = { number: 'T77', name: '张伟', birth: '1968-03-12', sex: 'male' };
const LIS: Told = { ...P1, number: 'L1', namespace: 'LIS' };

type Operation = (draft: Draft) => Promise<Result<OperationDone, Problem>>;

async function run(hospital: Hospital, operation: Operation): Promise<OperationDone> {
  const draft = new Draft(hospital.store);
  const done = await operation(draft);
  if (!done.ok) throw new Error(done.error.code);
  await draft.commit();
  return done.value;
}

const split = (hospital: Hospital, rec: Told): Promise<OperationDone> =>
  run(hospital, (draft) => splitPerson(draft, { rec: idOf(rec) }, CLERK, hospital.settings));

const merge = (hospital: Hospital, a: Told, b: Told, actor = CLERK): Promise<OperationDone> =>
  run(hospital, (draft) => mergePersons(draft, { a: idOf(a), b: idOf(b) }, actor, hospital.settings));

const decide = (hospital: Hospital, answer: ReviewAnswer, actor = CLERK): Promise<OperationDone> =>
  run(hospital, (draft) => decideReview(draft, answer, actor, hospital.settings));

async function hospitalOf(...told: readonly Told[]): Promise<Hospital> {
  const hospital = new Hospital();
  for (const one of told) await hospital.tell('HIS', one);
  return hospital;
}

async function withClinicalData(hospital: Hospital, ...told: readonly Told[]): Promise<void> {
  const draft = new Draft(hospital.store);
  for (const one of told) {
    draft.put({
      collection: 'resources',
      id: `Encounter/${one.number}`,
      body: '{}',
      keys: [compartmentKey(idOf(one), 'Encounter')],
      fields: { type: 'Encounter', lastUpdated: new Date(0), version: 1 },
    });
  }
  await draft.commit();
}

describe('splitting', () => {
  test('undoes a merge by message exactly: persons and states', async () => {
    const hospital = await hospitalOf(P1, T77);
    const before = await hospital.persons();
    await hospital.tell('HIS', [], { kind: 'merge', survivor: keyOf(P1), retired: keyOf(T77) });
    const { persons } = await split(hospital, T77);
    expect(await hospital.persons()).toEqual(before);
    expect(await hospital.source(T77)).toMatchObject({ state: 'live', person: idOf(T77) });
    expect(persons).toHaveLength(2);
    expect(await hospital.reviews()).toEqual([]);
  });

  test('of an automatic link holds against the rules', async () => {
    const hospital = await hospitalOf(P1, LIS);
    expect(await hospital.persons()).toEqual([['L1', 'P1']]);
    await split(hospital, LIS);
    await hospital.tell('LIS', { ...LIS, phone: '13900000011' });
    expect(await hospital.persons()).toEqual([['L1'], ['P1']]);
    await merge(hospital, P1, LIS);
    expect(await hospital.persons()).toEqual([['L1', 'P1']]);
  });

  test('takes along what hangs on the record', async () => {
    const lab: Told = { ...T77, number: 'L7', namespace: 'LIS', also: [['HOSP01', 'MR', 'T77']] };
    const hospital = await hospitalOf(P1, T77, lab);
    await hospital.tell('HIS', [], { kind: 'merge', survivor: keyOf(P1), retired: keyOf(T77) });
    expect(await hospital.persons()).toEqual([['L7', 'P1', 'T77']]);
    await split(hospital, T77);
    expect(await hospital.persons()).toEqual([['L7', 'T77'], ['P1']]);
  });

  test('of two that are not together is refused', async () => {
    const hospital = await hospitalOf(P1, T77);
    await expect(split(hospital, T77)).rejects.toThrow('identity.not-together');
  });
});

describe('a clerk merges', () => {
  test('and splits again: exactly what was', async () => {
    const hospital = await hospitalOf(P1, LIS, T77);
    const before = await hospital.persons();
    await merge(hospital, T77, P1);
    expect(await hospital.persons()).toEqual([['L1', 'P1', 'T77']]);
    await split(hospital, T77);
    expect(await hospital.persons()).toEqual(before);
  });

  test('two persons with clinical data only when a second person says the same', async () => {
    const hospital = await hospitalOf(P1, T77);
    await withClinicalData(hospital, P1, T77);
    const first = await merge(hospital, T77, P1);
    expect(first.pending?.code).toBe('identity.needs-second-person');
    expect(await hospital.persons()).toEqual([['P1'], ['T77']]);
    await merge(hospital, T77, P1);
    expect(await hospital.persons()).toEqual([['P1'], ['T77']]);
    await merge(hospital, T77, P1, { user: 'kf08' });
    expect(await hospital.persons()).toEqual([['P1', 'T77']]);
  });

  test('two valid ID numbers only when confirmed (G9)', async () => {
    const other: Told = { ...P1, number: 'P2', id: residentId('1968-03-12', 3) };
    const hospital = await hospitalOf(P1, other);
    expect((await merge(hospital, other, P1)).pending?.code).toBe('identity.two-id-numbers');
    await merge(hospital, other, P1, { ...CLERK, confirmedBy: 'kf08' });
    expect(await hospital.persons()).toEqual([['P1', 'P2']]);
    await hospital.tell('HIS', { ...P1, phone: '13900000012' });
    expect(await hospital.persons()).toEqual([['P1', 'P2']]);
  });
});

describe('reviews', () => {
  test('same joins, different stays apart and is not asked again', async () => {
    const other: Told = { ...T77, number: 'T78' };
    const hospital = await hospitalOf(P1, T77, other);
    const open = await hospital.reviews();
    const about77 = open.find(({ subject }) => subject === idOf(T77));
    await decide(hospital, { review: about77?.id ?? '', verdict: 'same' });
    const about78 = (await hospital.reviews()).find(({ subject }) => subject === idOf(other));
    expect(about78?.candidates).toHaveLength(1);
    await decide(hospital, { review: about78?.id ?? '', verdict: 'different' });
    await hospital.tell('HIS', { ...other, phone: '13900000013' });
    expect(await hospital.persons()).toEqual([['P1', 'T77'], ['T78']]);
    expect(await hospital.reviews()).toEqual([]);
  });

  test('need more keeps it open with the note', async () => {
    const hospital = await hospitalOf(P1, T77);
    const [review] = await hospital.reviews();
    await decide(hospital, { review: review?.id ?? '', verdict: 'need-more' });
    expect(await hospital.reviews()).toMatchObject([{ decisions: [{ verdict: 'need-more', user: 'kf07' }] }]);
  });

  test('a refused merge that a second person confirms is carried out, the number retired', async () => {
    const other: Told = { ...P1, number: 'P2', id: residentId('1968-03-12', 3) };
    const hospital = await hospitalOf(P1, other);
    await hospital.tell('HIS', [], { kind: 'merge', survivor: keyOf(P1), retired: keyOf(other) });
    const [review] = await hospital.reviews();
    await decide(hospital, { review: review?.id ?? '', verdict: 'same' }, { ...CLERK, confirmedBy: 'kf08' });
    expect(await hospital.persons()).toEqual([['P1', 'P2']]);
    expect((await hospital.source(other))?.state).toBe('retired');
  });

  test('a strange bearer of a number: renamed, the held message runs', async () => {
    const hospital = await hospitalOf(P1);
    const news = hospital.news('HIS', { patches: [patientPatch({ ...P1, id: residentId('1968-03-12', 3) })] });
    const { review } = await hospital.attempt(news);
    const { release } = await decide(hospital, { review: review ?? '', verdict: 'rename' });
    expect(release).toEqual([news.message]);
    await hospital.apply(news);
    expect((await hospital.source(P1))?.copy.ids[0]?.value).toBe(residentId('1968-03-12', 3));
  });

  test('a new holder gets a record of its own under the same number; older news stays with the first', async () => {
    const hospital = await hospitalOf(P1);
    const stranger: Told = { number: 'P1', name: '钱二', birth: '1999-09-09', sex: 'female' };
    const early = hospital.news('HIS', { patches: [patientPatch({ ...P1, phone: '13900000014' })] });
    const news = hospital.news('HIS', { patches: [patientPatch(stranger)] });
    const { review } = await hospital.attempt(news);
    await decide(hospital, { review: review ?? '', verdict: 'new-holder' });
    const { recs } = await hospital.apply(news);
    expect([...recs.values()]).not.toEqual([idOf(P1)]);
    expect([...(await hospital.apply(early)).recs.values()]).toEqual([idOf(P1)]);
    expect(await hospital.persons()).toEqual([['P1'], ['P1']]);
    expect((await hospital.source(P1))?.copy.phones).toEqual(['13900000014']);
  });
});

test('explain names rule, guards and whether the two are joined; export lists every number', async () => {
  const other: Told = { ...P1, number: 'P2', id: residentId('1968-03-12', 3) };
  const hospital = await hospitalOf(P1, LIS, other);
  const person = await explainPerson(new Draft(hospital.store), idOf(LIS), hospital.settings);
  expect(person?.id).toBe(idOf(P1));
  expect(person?.links).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ verdict: 'link', by: 'auto', rules: ['id-number'], joined: true }),
      expect.objectContaining({ verdict: 'apart', guards: ['G1'], joined: false }),
    ]),
  );
  const rows = [];
  for await (const row of exportLinks(hospital.store)) rows.push(`${row.namespace},${row.id},${row.person}`);
  expect(rows.sort()).toEqual([`HOSP01,P1,${idOf(P1)}`, `HOSP01,P2,${idOf(other)}`, `LIS,L1,${idOf(P1)}`].sort());
});

test('open reviews are listed oldest first, page by page', async () => {
  const hospital = await hospitalOf(T77, { ...T77, number: 'T78' }, { ...T77, number: 'T79' });
  const { reviews, next } = await listReviews(hospital.store, { state: 'open', limit: 1 });
  const rest = await listReviews(hospital.store, { state: 'open', ...(next === undefined ? {} : { after: next }) });
  expect([...reviews, ...rest.reviews].map(({ subject }) => subject)).toEqual(
    ['T78', 'T79'].map((number) => idOf({ number })),
  );
});
