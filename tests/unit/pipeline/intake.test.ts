import { describe, expect, test } from '@jest/globals';

import { journalPut, readJournal } from '../../../src/pipeline/journal.ts';
import { ackCode, adt, codeOf, Node, until } from './node.ts';

/** A node whose queue runs. */
async function started(options: ConstructorParameters<typeof Node>[0] = {}): Promise<Node> {
  const node = new Node(options);
  await node.queue.start();
  return node;
}

describe('when the sender is answered', () => {
  const noNumber = 'MSH|^~\\&|HIS|H1|JL|H1|20261121||ADT^A08|M1|P|2.5.1\rPID|1|\r';
  test.each([
    ['stored', adt('M1', 'P1'), 'AA'],
    ['stored', noNumber, 'AA'],
    ['stored', 'hello', 'AR hl7.no-msh'],
    ['checked', adt('M1', 'P1'), 'AA'],
    ['checked', noNumber, 'AE pipeline.key-field-missing'],
    ['checked', adt('', 'P1'), 'AE pipeline.no-control-id'],
    ['checked', adt('M1', 'FAIL1'), 'AA'],
    ['processed', adt('M1', 'P1'), 'AA'],
    ['processed', adt('M1', 'FAIL1'), 'AE pipeline.bug'],
    ['processed', adt('M1', 'HELD1'), 'AA'],
    ['processed', noNumber, 'AE pipeline.key-field-missing'],
  ] as const)('ack: %s, %j', async (ack, text, expected) => {
    const node = await started({ channel: { ack } });
    const got = await node.ask(text);
    expect(codeOf(got.answers[0])).toBe(expected);
    // Whatever was said, the bytes are kept.
    expect(await node.store.count('messages', {})).toBe(1);
    await node.queue.stop(100);
  });

  test('processed: pending after the time-out, and no second answer', async () => {
    const node = await started({ channel: { ack: 'processed', ackTimeoutMs: 30 } });
    const got = await node.ask(adt('M1', 'SLOW1'));
    expect(codeOf(got.answers[0])).toBe('AE pipeline.pending');
    node.goOn();
    await node.queue.idle();
    expect(await node.states()).toEqual(['M1 done']);
    await node.queue.stop(100);
  });
});

describe('enhanced mode (MSH-15, MSH-16)', () => {
  test.each([
    { accept: 'AL', application: 'AL', number: 'P1', first: 'CA', later: ['AA'] },
    { accept: 'AL', application: 'NE', number: 'P1', first: 'CA', later: [] },
    { accept: 'NE', application: 'AL', number: 'P1', first: 'silent', later: ['AA'] },
    { accept: '', application: 'AL', number: 'FAIL1', first: 'silent', later: ['AE pipeline.bug'] },
    { accept: 'AL', application: 'ER', number: 'P1', first: 'CA', later: [] },
    { accept: 'AL', application: 'ER', number: 'FAIL1', first: 'CA', later: ['AE pipeline.bug'] },
    { accept: 'ER', application: 'SU', number: 'P1', first: 'silent', later: ['AA'] },
    { accept: 'SU', application: 'SU', number: 'FAIL1', first: 'CA', later: [] },
    { accept: 'AL', application: 'AL', number: '', first: 'CE pipeline.key-field-missing', later: [] },
    { accept: 'NE', application: 'AL', number: '', first: 'silent', later: ['AE pipeline.key-field-missing'] },
  ])('$accept and $application, patient $number', async ({ accept, application, number, first, later }) => {
    for (const ack of ['checked', 'processed'] as const) {
      const node = await started({ channel: { ack } });
      const got = await node.ask(adt('M1', number, { 15: accept, 16: application }));
      await until(() => got.later.length === later.length);
      await node.queue.idle();
      expect({ first: codeOf(got.answers[0]), later: got.later.map(ackCode) }).toEqual({ first, later });
      await node.queue.stop(100);
    }
  });

  test('sent again: both acknowledgements again, equal to the first', async () => {
    const node = await started();
    const text = adt('M1', 'P1', { 15: 'AL', 16: 'AL' });
    const first = await node.ask(text);
    await until(() => first.later.length === 1);
    const again = await node.ask(text);
    await until(() => again.later.length === 1);
    expect(again).toEqual(first);
    expect(node.ran).toEqual(['M1']);
    await node.queue.stop(100);
  });
});

describe('sent again', () => {
  test('the first positive answer, byte for byte, and no second effect', async () => {
    const node = await started();
    const first = await node.ask(adt('M1', 'P1'));
    await node.queue.idle();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const again = await node.ask(adt('M1', 'P1'));
    await node.queue.idle();
    expect(again.answers).toEqual(first.answers);
    expect(node.ran).toEqual(['M1']);
    await node.queue.stop(100);
  });

  test('what had failed runs again', async () => {
    const node = await started();
    await node.ask(adt('M1', 'FAIL1'));
    await node.queue.idle();
    expect(await node.states()).toEqual(['M1 failed']);
    node.mended = true;
    expect(codeOf((await node.ask(adt('M1', 'FAIL1'))).answers[0])).toBe('AA');
    await node.queue.idle();
    expect(await node.states()).toEqual(['M1 done']);
    await node.queue.stop(100);
  });

  test('ack processed: while the first is still being processed, the answer is that of the processing', async () => {
    const node = await started({ channel: { ack: 'processed' } });
    const first = node.send(adt('M1', 'SLOW1')).got;
    await until(() => node.ran.length === 1);
    const again = node.send(adt('M1', 'SLOW1')).got;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([...first.answers, ...again.answers]).toEqual([]);
    node.goOn();
    await until(() => again.answers.length === 1);
    expect(again.answers).toEqual(first.answers);
    expect(node.ran).toEqual(['M1']);
    await node.queue.stop(100);
  });

  test('the same MSH-10 with other content is another message, with a warning', async () => {
    const node = await started();
    await node.ask(adt('M1', 'P1'));
    await node.queue.idle();
    await node.ask(adt('M1', 'P2'));
    await node.queue.idle();
    const entries = await node.entries();
    expect(
      entries.map(({ state, warnings }) => [state, warnings.some(({ code }) => code === 'pipeline.control-id-reused')]),
    ).toEqual([
      ['done', false],
      ['done', true],
    ]);
    await node.queue.stop(100);
  });
});

describe('test and debug messages (MSH-11)', () => {
  test.each(['T', 'D'])('%s is answered, kept apart and never processed', async (processing) => {
    const node = await started();
    const good = await node.ask(adt('M1', 'P1', { 11: processing }));
    const bad = await node.ask(adt('M2', '', { 11: processing }));
    const enhanced = await node.ask(adt('M3', 'P1', { 11: processing, 15: 'AL', 16: 'AL' }));
    expect([good, bad, enhanced].map(({ answers }) => codeOf(answers[0]))).toEqual([
      'AA',
      'AE pipeline.key-field-missing',
      'CA',
    ]);
    expect(enhanced.later.map(ackCode)).toEqual(['AA']);
    expect(
      await Promise.all((['tests', 'messages', 'journal'] as const).map((name) => node.store.count(name, {}))),
    ).toEqual([3, 0, 0]);
    expect(node.ran).toEqual([]);
    await node.queue.stop(100);
  });
});

test('a store that is closed: nothing that looks like an answer', async () => {
  const node = new Node();
  await node.store.close();
  const got = await node.ask(adt('M1', 'P1'));
  expect(codeOf(got.answers[0])).toBe('unavailable');
  expect(node.intake.isRefusing).toBe(true);
});

test('what somebody else decided about a message while it waited in its lane stands', async () => {
  const node = await started();
  await node.ask(adt('M1', 'SLOW1'));
  await node.ask(adt('M2', 'SLOW1'));
  const page = await node.store.find('journal', { order: [{ field: 'seq' }] });
  const [, waiting] = page.rows.map(readJournal);
  if (waiting === undefined) throw new TypeError('M2 is not in the journal');
  const { id, rev, seq, entry } = waiting;
  const held = journalPut(id, { ...entry, state: 'held' }, seq);
  await node.store.commit({ puts: [held], expect: [{ collection: 'journal', id, rev }] });
  node.goOn();
  await node.queue.idle();
  expect(await node.states()).toEqual(['M1 done', 'M2 held']);
  await node.queue.stop(100);
});
