import path from 'node:path';

import { expect, test } from '@jest/globals';
import iconv from 'iconv-lite';

import { HOME } from '../../../src/app/home.ts';
import { readOutbound } from '../../../src/app/outbound-files.ts';
import { problem } from '../../../src/core/problem.ts';
import { readHeader } from '../../../src/hl7/header.ts';
import { readMessage } from '../../../src/hl7/read-message.ts';
import { writeResponse, type Response, type ResponseContext } from '../../../src/pipeline/queries/response.ts';

// How an answer is written: in the delimiters, version and charset of whoever asked.

const OUTBOUND = await readOutbound(path.join(HOME, 'mappings'));

const ENTRIES: Response['entries'] = [
  { resource: { resourceType: 'List', id: 'answer', entry: [{ item: { reference: 'Patient/1' } }] } },
  {
    resource: {
      resourceType: 'Patient',
      id: '1',
      identifier: [{ system: 'urn:jingluo:namespace/HOSP01', value: 'P990001' }],
      name: [{ family: '测试', given: ['A&B'] }],
    },
  },
];

const FOUND: Response = { event: 'K22', code: 'AA', status: 'OK', problems: [], entries: ENTRIES };

function answer(query: string, response: Response, channel = 'utf8'): readonly string[] {
  const read = readMessage(iconv.encode(query, channel), { channelDefault: channel });
  if (!read.ok || !OUTBOUND.ok) throw new TypeError('not readable');
  const context: ResponseContext = {
    outbound: OUTBOUND.value,
    zone: 'Asia/Shanghai',
    now: new Date('2026-11-25T01:02:03Z'),
    controlId: 'Q1',
  };
  const bytes = writeResponse({ message: read.value, header: readHeader(read.value) }, response, context);
  return iconv.decode(Buffer.from(bytes), channel).split('\r');
}

const ASKED = 'QPD|Q22|T1|@PID.5.1^测试\r';

test.each([
  [
    'v2.5.1 in UTF-8',
    `MSH|^~\\&|APP^1.2.3^ISO|FAC|JL|H|||QBP^Q22|7|P|2.5.1||||||UNICODE UTF-8\r${ASKED}`,
    [
      'MSH|^~\\&|JL|H|APP^1.2.3^ISO|FAC|20261125090203+0800||RSP^K22^RSP_K21|Q1|P|2.5.1||||||UNICODE UTF-8',
      'MSA|AA|7',
      'QAK|T1|OK|Q22',
      'QPD|Q22|T1|@PID.5.1^测试',
      'PID|1||P990001^^^HOSP01||测试^A\\T\\B',
      '',
    ],
  ],
  [
    'delimiters of its own',
    'MSH!^~$%!APP!FAC!JL!H!!!QBP^Q22!7!T!2.5!!!!!!UNICODE UTF-8\rQPD!Q22!T1!@PID.5.1^测试\r',
    [
      'MSH!^~$%!JL!H!APP!FAC!20261125090203+0800!!RSP^K22^RSP_K21!Q1!T!2.5!!!!!!UNICODE UTF-8',
      'MSA!AA!7',
      'QAK!T1!OK!Q22',
      'QPD!Q22!T1!@PID.5.1^测试',
      'PID!1!!P990001^^^HOSP01!!测试^A&B',
      '',
    ],
  ],
] as const)('%s', (_what, query, expected) => {
  expect(answer(query, FOUND)).toEqual(expected);
});

test('a query in ASCII is answered in the charset of the channel, else in UTF-8', () => {
  const query = 'MSH|^~\\&|APP|FAC|JL|H|||QBP^Q22|7|P|2.5\rQPD|Q22|T1|@PID.5.1^ceshi\r';
  expect(answer(query, FOUND)[0]).toMatch(/\|UNICODE UTF-8$/u);
  const chinese = answer(query, FOUND, 'GB18030');
  expect(chinese[0]).toMatch(/\|GB 18030-2000$/u);
  expect(chinese[4]).toContain('测试');
});

test('errors before v2.5 and a query without QPD', () => {
  const why = problem('pipeline.query-domain-unknown', 'This domain is not known here.', { path: 'QPD-8[2]' });
  const refused: Response = { event: 'K22', code: 'AE', status: 'AE', problems: [why], entries: [] };
  const lines = answer('MSH|^~\\&|APP|FAC|JL|H|||QBP^Q22|7|P|2.4\rQPD|Q22|T1|x\r', refused);
  expect(lines[2]).toBe('ERR|QPD^1^8^204&Unknown key identifier&HL70357');
  expect(lines[3]).toBe('QAK|T1|AE|Q22');
  const none = answer('MSH|^~\\&|APP|FAC|JL|H|||QBP^Q22|7|P|2.5\rRCP|I\r', refused);
  expect(none.slice(3)).toEqual(['QAK||AE', 'QPD', '']);
});
