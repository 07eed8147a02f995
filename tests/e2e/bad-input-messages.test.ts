import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ChildEngine } from './bad-input/engine.ts';
import { exchange, good, leaks, msh, othersAreServed, pid, verdict } from './bad-input/messages.ts';

// Messages that arrive whole and should not have: each is kept, answered, and a dead letter with code and place, or
// done with a warning; the engine goes on.

const MIB = 1024 * 1024;
let engine: ChildEngine;

beforeAll(async () => {
  engine = await ChildEngine.start();
}, 60_000);
afterAll(async () => {
  await engine.close();
});

/** The last journal row but that of whoever was served after it. */
async function lastEntry() {
  const rows = await engine.journal();
  const row = rows.findLast(({ entry }) => entry.control?.startsWith('OTHER') !== true);
  if (row === undefined) throw new TypeError('nothing was kept');
  return row;
}

const many = (count: number, one: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => one(n)).join('');
const raw = (text: string, ...bytes: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.from(bytes), Buffer.of(13)]);

describe('refused: kept, a dead letter with code and place', () => {
  test.each([
    ['no HL7', 'hello SECRET', 'AR hl7.no-msh MSH'],
    ['an empty message', '', 'AR hl7.empty'],
    ['NUL bytes alone', Buffer.alloc(1_000), 'AR hl7.no-msh MSH'],
    ['invalid UTF-8', raw(`${msh('U8')}PID|1||SECRET1||`, 0xff, 0xfe, 0x80, 0xd5), 'AR hl7.charset-invalid MSH-18'],
    [
      'invalid GBK',
      raw(`${msh('GB', 'ADT^A08', 'GBK')}PID|1||SECRET1||`, 0xff, 0xff, 0x80),
      'AR hl7.charset-invalid MSH-18',
    ],
    [
      'a charset that nobody can decode',
      good('CS').replace('UNICODE UTF-8', 'ISO IR159'),
      'AR hl7.charset-unsupported MSH-18',
    ],
    ['no MSH-10', good(''), 'AE pipeline.no-control-id MSH-10'],
    ['no PID', msh('NOPID'), 'AE pipeline.key-field-missing PID-3'],
    ['an unknown event', `${msh('UNKNOWN', 'ADT^Z99')}${pid('1')}`, 'AE mapping.unknown-event MSH-9'],
    ['no event', `${msh('NOEVENT', '')}${pid('1')}`, 'AE mapping.unknown-event MSH-9'],
    ['only delimiters', 'MSH||||||||||||\r', 'AE pipeline.no-control-id MSH-10'],
    ['an MSH that ends at once', 'MSH|', 'AE pipeline.no-control-id MSH-10'],
    [
      '1,000,000 separators',
      `${msh('SEPARATORS')}${pid('1')}PV1|1${'|'.repeat(1_000_000)}\r`,
      'AE pipeline.too-many-parts PV1',
    ],
    ['500,000 fields', `${msh('FIELDS')}${pid('1')}PV1|1${'|x'.repeat(500_000)}\r`, 'AE pipeline.too-many-parts PV1'],
    [
      '1,000,000 repetitions',
      `${msh('REPEATS')}${pid('1', `a${'~b'.repeat(1_000_000)}`)}`,
      'AE pipeline.too-many-parts PID-5',
    ],
    [
      '200,000 patient numbers',
      `${msh('NUMBERS')}PID|1||${many(200_000, (n) => `SECRET${n}^^^HOSP01^MR~`)}\r`,
      'AE pipeline.too-many-parts PID-3',
    ],
    [
      '1,000,000 components',
      `${msh('PARTS')}${pid('1', `a${'^b'.repeat(1_000_000)}`)}`,
      'AE pipeline.too-many-parts PID-5',
    ],
    [
      '1,000,000 repetitions in the header',
      good('HEADER').replace('|P|', `|P${'~P'.repeat(1_000_000)}|`),
      'AE pipeline.too-many-parts MSH-11',
    ],
    ['300,000 segments', `${msh('SEGMENTS')}${pid('1')}${'ZZZ|1\r'.repeat(300_000)}`, 'AE pipeline.too-many-parts ZZZ'],
  ])('%s', async (_name, text, expected) => {
    const answer = await exchange(engine.port(), text);
    expect(verdict(answer)).toBe(expected);
    expect(answer.length).toBeLessThan(5_000);
    const { id, entry } = await lastEntry();
    const [, code] = expected.split(' ');
    expect(entry).toMatchObject({ state: 'failed', accepted: false, problems: [{ code }] });
    expect(Buffer.compare((await engine.bytes(id)) ?? Buffer.alloc(0), Buffer.from(text))).toBe(0);
    expect(await othersAreServed(engine)).toBe(true);
  });
});

describe('accepted, with what was odd as a warning', () => {
  test.each([
    ['a clock of 2099', good('2099').replaceAll('20261121080000', '20990101000000'), 'pipeline.event-time-ahead'],
    ['a time that is none', good('NOTIME').replaceAll('20261121080000', 'yesterday'), 'pipeline.event-time-invalid'],
    ['1,000,000 lines that are no segments', `${good('STRAY')}${'x\r'.repeat(1_000_000)}`, 'hl7.stray-line'],
    ['another charset than declared', Buffer.from(good('LATIN').replace('测试', 'é'), 'latin1'), ''],
    ['NUL bytes in a value', good('NUL').replace('测试', '\0\0'), ''],
    ['2,000,000 hex digits in an escape', `${msh('ESCAPE')}${pid('1', `\\X${'41'.repeat(1_000_000)}\\`)}`, ''],
    ['1,000,000 escapes', `${msh('ESCAPES')}${pid('1', '\\F\\'.repeat(1_000_000))}`, ''],
    ['a wrong order of segments', `${msh('ORDER')}PV1|1|I|W1\rNK1|1|测试^二\r${pid('1')}`, 'hl7.segment-misplaced'],
    ['other delimiters', good('DELIMITERS').replaceAll('|', '#').replaceAll('^', '!').replace('!~\\&', '!~\\&'), ''],
    ['10 MiB', `${good('LARGE')}NTE|1||${'x'.repeat(10 * MIB - 1_000)}\r`, ''],
    [
      '5,000 results',
      `${msh('RESULTS', 'ORU^R01')}${pid('1')}OBR|1|O1|F1|GLU^x^L|||20261121\r${many(5_000, (n) => `OBX|${n}|NM|C${n}^T^L||${n}|mmol|||||F\r`)}`,
      '',
    ],
  ])('%s', async (_name, text, warning) => {
    const answer = await exchange(engine.port(), text);
    expect(verdict(answer)).toBe('AA');
    const control = /\rMSA.AA.(\w+)/.exec(answer)?.[1] ?? '';
    // While it is being processed, others are taken in.
    expect(await othersAreServed(engine)).toBe(true);
    const entry = await engine.processed(control, 25_000);
    expect(entry.state).toBe('done');
    expect(['', ...entry.warnings.map(({ code }) => code)]).toContain(warning);
    expect(JSON.stringify(entry).length).toBeLessThan(200_000);
  });
});

test('a duplicate MSH-10 with other content is another message, with a warning', async () => {
  const answers = [
    await exchange(engine.port(), good('TWICE', 'A')),
    await exchange(engine.port(), good('TWICE', 'B')),
  ];
  expect(answers.map(verdict)).toEqual(['AA', 'AA']);
  const entry = await engine.processed('TWICE');
  expect(entry.warnings.map(({ code }) => code)).toContain('pipeline.control-id-reused');
});

test('a batch: every message is answered on its own, the bad one between two good ones too', async () => {
  const batch = `FHS|^~\\&|HIS\rBHS|^~\\&|HIS\r${good('BATCH1')}${msh('BATCH2')}${good('BATCH3')}BTS|3\rFTS|1\r`;
  expect(verdict(await exchange(engine.port(), batch))).toBe('AA');
  expect((await engine.processed('BATCH1')).state).toBe('done');
  expect((await engine.processed('BATCH2')).problems).toMatchObject([{ code: 'pipeline.key-field-missing' }]);
  expect((await engine.processed('BATCH3')).state).toBe('done');
});

test('11 MiB: refused by name, not kept', async () => {
  const kept = async (): Promise<number> => (await engine.store()).count('messages', {});
  const before = await kept();
  expect(verdict(await exchange(engine.port(), `${good('HUGE')}NTE|1||${'x'.repeat(11 * MIB)}\r`))).toBe(
    'AR channel.message-too-large',
  );
  expect(await kept()).toBe(before);
  expect(await othersAreServed(engine)).toBe(true);
});

test('after all of that: memory is bounded, and the log holds nothing of a patient', () => {
  expect(engine.peakMemory).toBeLessThan(1_200 * MIB);
  expect(leaks(engine)).toEqual([]);
  expect(engine.log).not.toContain('message.bug');
});
