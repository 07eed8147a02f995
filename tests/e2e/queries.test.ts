import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { MllpClient } from '../../src/channels/builtins.ts';
import { readMessage } from '../../src/hl7/read-message.ts';
import { textOf } from '../../src/store/body.ts';
import { QueryDesk } from './queries-support.ts';

// Patient queries over real sockets: whom the record knows, asked as IHE PDQ (ITI-21) and PIX (ITI-9) ask.

let desk: QueryDesk;

beforeAll(async () => {
  desk = await QueryDesk.open();
}, 60_000);
afterAll(() => desk.close());

const named = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((line) => line.startsWith(name));
const numbers = (lines: readonly string[]): readonly string[] =>
  named(lines, 'PID').map((line) => line.split('|')[3] ?? '');

const candidates = (fields: string, domains = '', rcp = 'I', dsc: readonly string[] = []) =>
  desk.ask('his', 'Q22', `QPD|Q22^Find Candidates^HL7|T1|${fields}|||||${domains}`, `RCP|${rcp}`, ...dsc);

describe('find candidates (QBP^Q22, IHE ITI-21)', () => {
  test('one person, with all his numbers and what is known of him', async () => {
    const lines = await desk.send(
      'his',
      [desk.header('QBP^Q22^QBP_Q21'), 'QPD|IHE PDQ Query|T1|@PID.5.1^测试~@PID.8^M~@PID.7^19800101', 'RCP|I', ''].join(
        '\r',
      ),
    );
    expect(lines[0]).toMatch(
      /^MSH\|\^~\\&\|JL\|H\|CLIENT\|WARD\|\d{14}[^|]*\|\|RSP\^K22\^RSP_K21\|Q[0-9a-f]{19}\|P\|2\.5\|/u,
    );
    expect(lines.slice(1)).toEqual([
      `MSA|AA|M${desk.number}`,
      'QAK|T1|OK|IHE PDQ Query|1|1|0',
      'QPD|IHE PDQ Query|T1|@PID.5.1^测试~@PID.8^M~@PID.7^19800101',
      'PID|1||P990001^^^HOSP01^MR~L990001^^^LAB^PI||测试^晓||19800101|M',
    ]);
  });

  test.each([
    ['@PID.5.1^测试', ['P990001', 'P990002', 'P990003']],
    ['@PID.5^测试^明', ['P990002']],
    ['@PID.5.1^测试光', ['P990003']],
    ['@PID.5.1.1^test*', ['P990004']],
    ['@PID.5.1^ceshi', ['P990001', 'P990002', 'P990003']],
    ['@PID.7^1979', ['P990002']],
    ['@PID.3.1^P990003', ['P990003']],
    ['@PID.3.1^A990003~@PID.3.4.1^HOSP01', ['P990003']],
    ['@PID.3^L990001^^^LAB', ['P990001']],
    ['@PID.3.1^L990001~@PID.3.4^HOSP01', []],
    ['@PID.8^女~@PID.5.2^Anna', ['P990004']],
    ['@PID.18.1^K990001', ['P990003']],
    ['@PID.18^K999999^^^HOSP01', []],
    ['@PID.13^13900000004~@PID.8^', ['P990004']],
    ['@PID.5.1^没有这个人', []],
  ])('%s', async (fields, expected) => {
    const lines = await candidates(fields);
    expect(
      numbers(lines)
        .map((field) => field.split('^')[0])
        .sort(),
    ).toEqual(expected);
    expect(lines[1]).toBe(
      `QAK|T1|${expected.length === 0 ? 'NF' : 'OK'}|Q22^Find Candidates^HL7|${expected.length}|${expected.length}|0`,
    );
  });

  test('only the numbers of the domains that are wanted, of those who have any', async () => {
    expect(numbers(await candidates('@PID.5.1^测试', '^^^LAB'))).toEqual(['L990001^^^LAB^PI']);
  });

  test('a domain that nobody knows is an error at its place', async () => {
    const lines = await candidates('@PID.5.1^测试', '^^^LAB~^^^NOWHERE');
    expect(lines[0]).toMatch(/^MSA\|AE\|/u);
    expect(lines[1]).toMatch(/^ERR\|\|QPD\^1\^8\^2\|204\^Unknown key identifier\^HL70357\|E\|/u);
    expect(lines[2]).toBe('QAK|T1|AE|Q22^Find Candidates^HL7');
    expect(named(lines, 'PID')).toEqual([]);
  });

  test('a quantity limit, and the rest by the continuation pointer', async () => {
    const first = await candidates('@PID.5.1^测试', '', 'I|2^RD');
    expect(first[1]).toBe('QAK|T1|OK|Q22^Find Candidates^HL7|3|2|1');
    const pointer = /^DSC\|([^|]+)\|I$/u.exec(first.at(-1) ?? '')?.[1] ?? '';
    expect(pointer).not.toBe('');
    const second = await candidates('@PID.5.1^测试', '', 'I|2^RD', [`DSC|${pointer}|I`]);
    expect(second[1]).toBe('QAK|T1|OK|Q22^Find Candidates^HL7|3|1|0');
    expect(named(second, 'DSC')).toEqual([]);
    const told = [...numbers(first), ...numbers(second)].map((field) => field.split('^')[0]);
    expect(told.sort()).toEqual(['P990001', 'P990002', 'P990003']);
    const other = await candidates('@PID.5.1^Testing', '', 'I|2^RD', [`DSC|${pointer}|I`]);
    expect(other[1]).toMatch(/^ERR\|\|DSC\^1\^1\^1\|102/u);
  });

  test.each([
    ['@PID.30.1^Y', 'QPD^1^3^1^2'],
    ['@PID.7^yesterday', 'QPD^1^3^1^2'],
    ['@OBX.5^1', 'QPD^1^3^1^1'],
    ['@PID.5.1^', 'QPD^1^3^1'],
    ['nonsense~~&&&', 'QPD^1^3^1^1'],
  ])('%s is an error at its place', async (fields, place) => {
    const lines = await candidates(fields);
    expect(lines[0]).toMatch(/^MSA\|AE\|/u);
    expect(lines[1]).toContain(`ERR||${place}|102^`);
    expect(lines[2]).toMatch(/^QAK\|T1\|AE/u);
  });

  test('in GB18030, asked and answered', async () => {
    const query = [
      desk.header('QBP^Q22^QBP_Q21', 'GB 18030-2000'),
      'QPD|Q22|T2|@PID.5.1^测试~@PID.5.2^明',
      'RCP|I',
      '',
    ];
    const lines = await desk.send('his', query.join('\r'), 'gb18030');
    expect(lines[0]).toMatch(/\|GB 18030-2000$/u);
    expect(lines.at(-1)).toBe('PID|1||P990002^^^HOSP01^MR||测试^明||19790202|F');
  });

  test('a channel sees only the persons and numbers of its namespaces', async () => {
    const lines = await desk.ask('guest', 'Q22', 'QPD|Q22|T3|@PID.5.1^测试', 'RCP|I');
    expect(numbers(lines)).toEqual(['L990001^^^LAB^PI']);
    for (const probe of ['@PID.3.1^P990001', '@PID.3.1^P990001~@PID.3.4^HOSP01', '@PID.3.4^HOSP01']) {
      expect((await desk.ask('guest', 'Q22', `QPD|Q22|T3|${probe}`, 'RCP|I'))[1]).toMatch(/^QAK\|T3\|NF/u);
    }
    const hidden = await desk.ask('guest', 'Q23', 'QPD|Q23|T3|P990002^^^HOSP01^MR', 'RCP|I');
    expect(hidden[1]).toMatch(/^ERR\|\|QPD\^1\^3\^1\^4\|204/u);
  });
});

const corresponding = (id: string, domains = '') =>
  desk.ask('his', 'Q23', `QPD|IHE PIX Query|T4|${id}|${domains}`, 'RCP|I');

describe('corresponding numbers (QBP^Q23, IHE ITI-9)', () => {
  test('the other numbers, and no name', async () => {
    const lines = await corresponding('L990001^^^LAB^PI');
    expect(lines).toEqual([
      `MSA|AA|M${desk.number}`,
      'QAK|T4|OK|IHE PIX Query|1|1|0',
      'QPD|IHE PIX Query|T4|L990001^^^LAB^PI',
      'PID|1||P990001^^^HOSP01^MR|| ~^^^^^^S',
    ]);
  });

  test('none where nothing corresponds', async () => {
    expect((await corresponding('P990002^^^HOSP01^MR'))[1]).toBe('QAK|T4|NF|IHE PIX Query|0|0|0');
  });

  test.each([
    ['P999999^^^HOSP01^MR', '', ['QPD^1^3^1^1']],
    ['P990001^^^NOWHERE^MR', '', ['QPD^1^3^1^4']],
    ['P990001^^^HOSP01^MR', '^^^LAB~^^^NOWHERE~^^^&1.2.3.4&ISO', ['QPD^1^4^2', 'QPD^1^4^3']],
  ])('%s for %j is unknown', async (id, domains, places) => {
    const lines = await corresponding(id, domains);
    expect(lines[0]).toMatch(/^MSA\|AE\|/u);
    expect(named(lines, 'ERR').map((line) => line.split('|')[2])).toEqual(places);
    expect(named(lines, 'ERR')[0]).toContain('|204^Unknown key identifier^');
    expect(named(lines, 'QAK')).toEqual(['QAK|T4|AE|IHE PIX Query']);
  });

  test('a number of several persons tells of none, unless the kind says whose it is', async () => {
    await desk.news('his', 'ADT^A04', 'PID|1||S990001^^^HOSP01^MR||Sample^One||19600101|M');
    await desk.news('his', 'ADT^A04', 'PID|1||S990002^^^HOSP01^MR~S990001^^^HOSP01^AN||Sample^Two||19700101|F');
    const lines = await corresponding('S990001^^^HOSP01');
    expect(lines[1]).toMatch(/^ERR\|\|QPD\^1\^3\^1\^1\|205\^/u);
    expect(named(lines, 'PID')).toEqual([]);
    expect(numbers(await corresponding('S990001^^^HOSP01^AN'))).toEqual(['S990002^^^HOSP01^MR']);
  });

  test('a number that was issued again is its new holders', async () => {
    await desk.news('his', 'ADT^A04', 'PID|1||N990001^^^HOSP01^MR~11010119680312001X^^^PSB^NI||先前^一||19680312|M');
    await desk.news('his', 'ADT^A08', 'PID|1||N990001^^^HOSP01^MR~110101199909090028^^^PSB^NI||后来^二||19990909|F');
    const [review] = await desk.run('review.list');
    await desk.run('review.decide', { id: review?.['id'], verdict: 'new-holder' });
    const lines = await desk.ask('his', 'Q21', 'QPD|Q21|T5|N990001^^^HOSP01^MR', 'RCP|I');
    expect(named(lines, 'PID').map((line) => line.split('|')[5])).toEqual(['后来^二']);
    expect(numbers(await candidates('@PID.5.1^先前')).join()).not.toContain('N990001');
  });

  test('after a merge the old number leads to the survivor and is told no more', async () => {
    await desk.news('his', 'ADT^A40', 'PID|1||P990002^^^HOSP01^MR||测试^明', 'MRG|P990003^^^HOSP01^MR');
    const lines = await candidates('@PID.3.1^P990003');
    expect(numbers(lines)).toEqual(['P990002^^^HOSP01^MR']);
    expect(named(await corresponding('P990003^^^HOSP01^MR'), 'PID')).toEqual(['PID|1||P990002^^^HOSP01^MR|| ~^^^^^^S']);
    expect(numbers(await candidates('@PID.5.1^测试')).length).toBe(2);
  });
});

test('demographics of a patient (QBP^Q21), with contacts', async () => {
  await desk.news('his', 'ADT^A08', 'PID|1||P990004^^^HOSP01^MR||Testing^Anna||19900404|F', 'NK1|1|Testing^Mother|MTH');
  const lines = await desk.ask('his', 'Q21', 'QPD|Q21^Get Person Demographics^HL7|T5|P990004^^^HOSP01^MR', 'RCP|I');
  expect(lines.slice(3)).toEqual([
    'PID|1||P990004^^^HOSP01^MR||Testing^Anna||19900404|F|||||13900000004^PRS^CP',
    'NK1|1|Testing^Mother|MTH',
  ]);
  const nobody = await desk.ask('his', 'Q21', 'QPD|Q21|T5|P999999^^^HOSP01^MR', 'RCP|I');
  expect(nobody.slice(0, 2)).toEqual([`MSA|AA|M${desk.number}`, 'QAK|T5|NF|Q21|0|0|0']);
});

test('the mapping of answers reads what is answered', async () => {
  const query = [desk.header('QBP^Q22^QBP_Q21'), 'QPD|Q22|T5|@PID.3.1^P990001', 'RCP|I', ''].join('\r');
  const message = readMessage(Buffer.from((await desk.send('his', query)).join('\r')));
  const mapping = message.ok ? desk.running.engine.mappings().for(message.value) : message;
  if (!message.ok || !mapping.ok) throw new TypeError('no mapping');
  const { installation, zone } = { installation: desk.running.engine.installation, zone: 'Asia/Shanghai' };
  const from = { messageId: '1', channel: 'his', source: 'HIS', ids: {}, snapshots: [] };
  const result = mapping.value.run(message.value, { ...from, installation, zone, receivedAt: new Date() });
  const known = await desk.running.engine.store.getMany(
    'resources',
    result.patches.map(({ type, id }) => `${type}/${id}`),
  );
  // The same patient, by the same key.
  expect(known.map((row) => row?.fields['type'])).toEqual(['Patient']);
  expect(result.unmapped).toEqual([]);
});

test('over HTTP', async () => {
  const body = [desk.header('QBP^Q23^QBP_Q21'), 'QPD|Q23|T6|P990001^^^HOSP01^MR|^^^LAB', 'RCP|I', ''].join('\r');
  const url = `http://127.0.0.1:${desk.running.portOf('web')}/`;
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/hl7-v2' } });
  expect(await answer.text()).toContain('PID|1||L990001^^^LAB^PI||');
});

test('enhanced mode: the accept acknowledgement first, then the answer', async () => {
  const later: string[] = [];
  const client = await MllpClient.connect({
    host: '127.0.0.1',
    port: desk.running.portOf('his'),
    onUnsolicited: (bytes) => later.push(Buffer.from(bytes).toString()),
  });
  const msh = 'MSH|^~\\&|CLIENT|WARD|JL|H|20261125||QBP^Q22^QBP_Q21|E1|P|2.5|||AL|AL||UNICODE UTF-8';
  const query = [msh, 'QPD|Q22|T7|@PID.5.1^Testing', 'RCP|I', ''].join('\r');
  expect(Buffer.from(await client.send(Buffer.from(query))).toString()).toContain('MSA|CA|E1');
  while (later.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(later[0]).toContain('MSA|AA|E1');
  expect(later[0]).toContain('Testing^Anna');
  await client.close();
});

describe('what is no query for this channel', () => {
  test('a channel without `queries` refuses', async () => {
    const lines = await desk.ask('lis', 'Q22', 'QPD|Q22|T8|@PID.5.1^测试', 'RCP|I');
    expect(lines[0]).toMatch(/^MSA\|AR\|/u);
    expect(lines[1]).toContain('pipeline.queries-off');
  });

  test.each([
    ['Q24', 'QPD|Q24|T8|P990001', '201'],
    ['Q22', 'ZZZ|1', '100'],
  ])('QBP^%s with %s', async (event, segment, condition) => {
    const lines = await desk.ask('his', event, segment);
    expect(lines[1]).toMatch(new RegExp(`^ERR\\|[^|]*\\|[^|]*\\|${condition}\\^`, 'u'));
  });
});

test('nothing of a query is kept but that it was answered, and of whom it told', async () => {
  const { store } = desk.running.engine;
  const { rows } = await store.find('audit', { limit: 1_000 });
  expect(rows.length).toBeGreaterThan(20);
  const text = rows.map(textOf).join('\n');
  expect(text).not.toMatch(/测试|Testing|P99000/u);
  expect(text).toContain('"query":"QBP^Q22"');
  const journal = await store.find('journal', { limit: 1_000 });
  expect(journal.rows.map(textOf).join('\n')).not.toContain('QBP');
  const metrics = await (await fetch(`${desk.running.httpUrl}/metrics`)).text();
  expect(metrics).toMatch(/jingluo_queries_total\{channel="lis",query="QBP\^Q22",status="AR"\} 1/u);
});
