import { describe, expect, test } from '@jest/globals';

import { residentIds } from '../../../src/identity/match-copy.ts';
import type { News } from '../../../src/record/contract.ts';
import { resolveAliases } from '../../../src/record/identify/aliases.ts';
import { identify } from '../../../src/record/identify/identify.ts';
import { readSource } from '../../../src/record/identify/source-row.ts';
import { splitPerson } from '../../../src/record/identify/split-person.ts';
import { Draft } from '../../../src/store/draft.ts';
import type { Store } from '../../../src/store/port.ts';
import { GatedStore } from './gated-store.ts';
import { Hospital, idOf, keyOf, patientPatch, residentId, type Told } from './support.ts';

/** One decision and its commit, on a store of its own view; false: conflict, to be decided again. */
type Attempt = (store: Store) => Promise<boolean>;

interface Case {
  readonly before: readonly Told[];
  readonly writers: (hospital: Hospital) => readonly Attempt[];
  /** Persons that must come of it, whatever the order; absent: only what holds of all persons. */
  readonly persons?: readonly (readonly string[])[];
}

const MAX_TURNS = 20;

async function decide(store: Store, attempt: Attempt): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) if (await attempt(store)) return;
  throw new Error('no end of conflicts');
}

const idle = (): Promise<void> => new Promise((done) => setImmediate(done));

/**
 * Only commits change anything, so an interleaving is where the others' commits fall among a writer's reads: the
 * writers in `order` commit one after the other, each having made some of its calls before (`steps`) the one before it
 * commits. Returns the number of writers that had nothing left to do when their turn came.
 */
async function play(hospital: Hospital, attempts: readonly Attempt[], steps: readonly number[]): Promise<boolean> {
  const stores = attempts.map((_, index) => new GatedStore(hospital.store, steps[index] ?? 0));
  let early = false;
  const running = attempts.map((attempt, index) => {
    const store = stores[index];
    if (store === undefined) throw new Error('no store');
    return decide(store, attempt).then(() => {
      early ||= index > 0 && !freed.has(index);
    });
  });
  const freed = new Set<number>();
  for (const index of attempts.keys()) {
    await idle();
    freed.add(index);
    stores[index]?.free();
    await running[index];
    for (const store of stores.slice(index + 1)) store.allow(steps[attempts.length + index] ?? 0);
  }
  return early;
}

const told = (hospital: Hospital, source: string, one: Told | undefined, more: Partial<News> = {}): Attempt => {
  const news = hospital.news(source, { patches: one === undefined ? [] : [patientPatch(one)], ...more });
  return async (store) => {
    const draft = new Draft(store);
    const result = await identify(draft, await resolveAliases(draft, news, hospital.settings), hospital.settings);
    for (const patch of result.ok ? result.value.news.patches.filter(({ type }) => type !== 'Patient') : []) {
      draft.put({
        collection: 'resources',
        id: `${patch.type}/${patch.id}`,
        body: JSON.stringify({ resourceType: patch.type, subject: { reference: `Patient/${idOf(one ?? P1)}` } }),
        keys: [[patch.type, 'identifier', 'urn:x', 'X1'].join('\u0001')],
        fields: { type: patch.type, lastUpdated: new Date(0), version: 1 },
      });
    }
    return (await draft.commit()).ok;
  };
};

const numbered = (type: string, owner: Told): Partial<News> => ({
  patches: [
    patientPatch(owner),
    {
      type,
      id: `${type}-1`,
      elements: {
        subject: { kind: 'value', value: { reference: `Patient/${idOf(owner)}` } },
        identifier: { kind: 'value', value: [{ system: 'urn:x', value: 'X1' }] },
      },
    },
  ],
});

const BIRTH = '1968-03-12';
const ID = residentId(BIRTH, 1);
const P1: Told = { number: 'P1', name: '张伟', birth: BIRTH, sex: 'male', id: ID };
const BARE: Told = { number: 'P1', name: '张伟', birth: BIRTH, sex: 'male' };
const LIS: Told = { ...P1, number: 'L1', namespace: 'LIS' };
const PACS: Told = { number: 'R1', namespace: 'PACS', name: 'ZHANG WEI' };
const T77: Told = { ...BARE, number: 'T77' };
const OF_T77: Told = { ...BARE, number: 'L7', namespace: 'LIS', also: [['HOSP01', 'MR', 'T77']] };

const CASES: Readonly<Record<string, Case>> = {
  'the same ID number from two systems': {
    before: [],
    writers: (h) => [told(h, 'HIS', P1), told(h, 'LIS', LIS)],
    persons: [['L1', 'P1']],
  },
  'an ID number that arrives while the other system registers': {
    before: [BARE],
    writers: (h) => [told(h, 'HIS', P1), told(h, 'LIS', LIS)],
    persons: [['L1', 'P1']],
  },
  'an order and its report': {
    before: [BARE, PACS],
    writers: (h) => [
      told(h, 'HIS', BARE, numbered('ServiceRequest', BARE)),
      told(h, 'PACS', PACS, numbered('DiagnosticReport', PACS)),
    ],
    persons: [['P1', 'R1']],
  },
  'a merge and a record that hangs on the retired one': {
    before: [BARE, T77],
    writers: (h) => [
      told(h, 'HIS', undefined, { directives: [{ kind: 'merge', retired: keyOf(T77), survivor: keyOf(BARE) }] }),
      told(h, 'LIS', OF_T77),
    ],
    persons: [['L7', 'P1', 'T77']],
  },
  'a merge and an ID number that forbids it': {
    before: [P1, T77],
    writers: (h) => [
      told(h, 'HIS', undefined, { directives: [{ kind: 'merge', retired: keyOf(T77), survivor: keyOf(P1) }] }),
      told(h, 'HIS', { ...T77, id: residentId(BIRTH, 3) }),
    ],
    persons: [['P1'], ['T77']],
  },
  'a split and a record that joins': {
    before: [P1, LIS],
    writers: (h) => [
      async (store) => {
        const draft = new Draft(store);
        await splitPerson(draft, { rec: idOf(LIS) }, { user: 'kf07' }, h.settings);
        return (await draft.commit()).ok;
      },
      told(h, 'LIS-B', { ...P1, number: 'L2', namespace: 'LIS-B' }),
    ],
  },
};

async function check(hospital: Hospital, expected: Case['persons']): Promise<void> {
  const { rows } = await hospital.store.find('sources', { limit: 100 });
  const records = rows.map(readSource);
  for (const record of records) {
    const row = await hospital.store.get('persons', record.person);
    expect((JSON.parse((row?.body as string | undefined) ?? '{}') as { members: string[] }).members).toContain(
      record.id,
    );
  }
  for (const person of new Set(records.map((record) => record.person))) {
    const ids = records.filter((record) => record.person === person).flatMap(({ copy }) => residentIds(copy));
    expect(new Set(ids).size).toBeLessThanOrEqual(1);
  }
  const persons = await hospital.persons();
  expect(persons.flat()).toHaveLength(records.length);
  expect(persons).toEqual(expected ?? persons);
}

async function fresh(before: readonly Told[]): Promise<Hospital> {
  const hospital = new Hospital();
  for (const one of before) await hospital.tell('HIS', one);
  return hospital;
}

describe('two writers in every interleaving leave no split', () => {
  test.each(Object.entries(CASES))('%s', async (_name, { before, writers, persons }) => {
    expect.hasAssertions();
    for (const swapped of [false, true]) {
      for (let steps = 0, early = false; !early; steps += 1) {
        const hospital = await fresh(before);
        const attempts = writers(hospital);
        early = await play(hospital, swapped ? attempts.toReversed() : attempts, [0, steps]);
        await check(hospital, persons);
      }
    }
  });
});

test('three writers, a chain of evidence, in many interleavings leave no split', async () => {
  const pacs: Told = { ...BARE, number: 'R1', namespace: 'PACS', also: [['LIS', 'MR', 'L1']] };
  const writers = (h: Hospital): readonly Attempt[] => [told(h, 'HIS', P1), told(h, 'LIS', LIS), told(h, 'PACS', pacs)];
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  let played = 0;
  for (const order of orders) {
    for (let second = 0; second < 12; second += 3) {
      for (let third = 0; third < 12; third += 3) {
        for (const more of [0, 5]) {
          const hospital = await fresh([]);
          const all = writers(hospital);
          const attempts = order.flatMap((index) => all[index] ?? []);
          await play(hospital, attempts, [0, second, third, more]);
          await check(hospital, [['L1', 'P1', 'R1']]);
          played += 1;
        }
      }
    }
  }
  expect(played).toBe(192);
});
