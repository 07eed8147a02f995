import { expect, test } from '@jest/globals';

import { judgePair, type Guard } from '../../../src/identity/judge.ts';
import { matchCopyOf, type MatchCopy } from '../../../src/identity/match-copy.ts';

interface Told {
  readonly name?: string;
  readonly birth?: string;
  readonly sex?: string;
  readonly id?: string;
  readonly phone?: string;
}

const ID = '990000196803121014';
const OTHER_ID = '990000196803121030';
const PHONE = '13900000001';

const copy = ({ name, birth, sex, id, phone }: Told): MatchCopy =>
  matchCopyOf({
    patient: {
      ...(name === undefined ? {} : { name: [{ text: name }] }),
      ...(birth === undefined ? {} : { birthDate: birth }),
      ...(sex === undefined ? {} : { gender: sex }),
      ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] }),
    },
    numbers: id === undefined ? [] : [{ namespace: 'CN', kind: 'NI', value: id }],
  });

const ZHANG: Told = { name: '张伟', birth: '1968-03-12', sex: 'male' };

type Row = readonly [
  what: string,
  a: Told,
  b: Told,
  verdict: string,
  guards: readonly Guard[],
  tie?: 'number' | 'accession',
];

const ROWS: readonly Row[] = [
  ['same ID number, name, birth date', { ...ZHANG, id: ID }, { ...ZHANG, id: ID }, 'link', []],
  ['G1: two ID numbers', { ...ZHANG, id: ID }, { ...ZHANG, id: OTHER_ID }, 'apart', ['G1']],
  [
    'G1 with the same phone',
    { ...ZHANG, id: ID, phone: PHONE },
    { ...ZHANG, id: OTHER_ID, phone: PHONE },
    'review',
    ['G1'],
  ],
  ['G1 stops a shared number', { ...ZHANG, id: ID }, { ...ZHANG, id: OTHER_ID }, 'review', ['G1'], 'number'],
  [
    'G2: an unknown patient with the same ID number',
    { name: '无名氏', id: ID },
    { ...ZHANG, id: ID },
    'review',
    ['G2'],
  ],
  ['G3: same ID number, other name', { ...ZHANG, name: '王强', id: ID }, { ...ZHANG, id: ID }, 'review', ['G3']],
  [
    'G3 and G4: a borrowed card',
    { name: '王强', birth: '1990-09-09', id: ID },
    { ...ZHANG, id: ID },
    'review',
    ['G3', 'G4', 'G5'],
  ],
  [
    'G5: an ID number of another birth date',
    { ...ZHANG, birth: '1990-09-09', id: ID },
    { ...ZHANG, birth: '1990-09-09', id: ID },
    'review',
    ['G5'],
  ],
  [
    'sex alone differs: ID number, name and birth date are enough',
    { ...ZHANG, sex: 'female', id: ID },
    { ...ZHANG, id: ID },
    'link',
    [],
  ],
  [
    'G6: twins',
    { name: '孙丽之大女', birth: '2026-11-20', phone: PHONE },
    { name: '孙丽之小女', birth: '2026-11-20', phone: PHONE },
    'apart',
    ['G6'],
  ],
  [
    'G6: mother and newborn',
    { name: '孙丽', birth: '1994-05-06', phone: PHONE },
    { name: '孙丽之女', birth: '2026-11-20', phone: PHONE },
    'apart',
    ['G6'],
  ],
  [
    'a newborn that has been named, under its number',
    { name: '孙小花', birth: '2026-11-20' },
    { name: '孙丽之女', birth: '2026-11-20' },
    'link',
    [],
    'number',
  ],
  ['G7: name and birth date alone', ZHANG, ZHANG, 'review', ['G7']],
  ['G7 and G8: pinyin alone', { name: 'ZHANG WEI' }, ZHANG, 'review', ['G7', 'G8']],
  ['name, birth date and phone', { ...ZHANG, phone: PHONE }, { ...ZHANG, phone: PHONE }, 'review', []],
  [
    'spouses with one phone',
    { ...ZHANG, phone: PHONE },
    { name: '李梅', birth: '1970-07-07', sex: 'female', phone: PHONE },
    'none',
    ['G4'],
  ],
  ['strangers', ZHANG, { name: '李梅', birth: '1970-07-07', sex: 'female' }, 'none', []],
  ['an unknown patient of the same sex', { name: '无名氏', sex: 'male' }, { name: '无名氏', sex: 'male' }, 'none', []],
  ['a shared number', { ...ZHANG, name: '无名氏' }, ZHANG, 'link', [], 'number'],
  [
    'G12: a shared number, name and birth date differ',
    { name: '李梅', birth: '1970-07-07' },
    ZHANG,
    'review',
    ['G12'],
    'number',
  ],
  ['an accession number under a pinyin name', { name: 'ZHANG WEI' }, ZHANG, 'link', [], 'accession'],
  ['G12: an accession number under another name', { name: 'LI MEI' }, ZHANG, 'review', ['G12'], 'accession'],
];

const NAMED = ROWS.map(([what, a, b, verdict, guards, tie]) => ({ what, a, b, verdict, guards, tie }));

test.each(NAMED)('$what', ({ a, b, verdict, guards, tie }) => {
  const facts = { accession: tie === 'accession', number: tie === 'number', hotPhones: new Set<string>() };
  const judged = [judgePair(copy(a), copy(b), facts), judgePair(copy(b), copy(a), facts)];
  const expected = verdict === 'none' ? { verdict } : { verdict, guards };
  expect(judged).toMatchObject([expected, expected]);
});

test('a phone that too many people share is no evidence', () => {
  const [a, b] = [copy({ ...ZHANG, birth: '1968-05-05', phone: PHONE }), copy({ ...ZHANG, phone: PHONE })];
  const facts = { accession: false, number: false };
  expect(judgePair(a, b, { ...facts, hotPhones: new Set() }).verdict).toBe('review');
  expect(judgePair(a, b, { ...facts, hotPhones: new Set([PHONE]) }).verdict).toBe('none');
});
