import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { HOME } from '../../src/app/home.ts';
import { readOutbound } from '../../src/app/outbound-files.ts';
import type { ChannelSettings } from '../../src/core/channel-settings.ts';
import { noMetrics } from '../../src/core/metrics.ts';
import type { Answer } from '../../src/core/message.ts';
import { parsePath } from '../../src/hl7/path.ts';
import { parseMessage } from '../../src/hl7/parse.ts';
import { readMessage } from '../../src/hl7/read-message.ts';
import { examine } from '../../src/pipeline/hl7/examine.ts';
import { criteriaOf } from '../../src/pipeline/queries/parameters.ts';
import { createQueries } from '../../src/pipeline/queries/queries.ts';
import { readQuery } from '../../src/pipeline/queries/query.ts';
import { createRecordReads } from '../../src/record/reads.ts';
import { openMemoryStore } from '../../src/store/builtins.ts';
import { CHANNEL } from '../support/channel.ts';

// Whatever stands in QPD, RCP and DSC: a search, or an error that names its place.

const selector = fc
  .tuple(
    fc.constantFrom('@PID.', 'PID-', '@QRD.', ''),
    fc.nat({ max: 31 }),
    fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
  )
  .map(([start, field, rest]) => [`${start}${field}`, ...rest].join('.'));
const piece = fc.oneof(
  fc.constantFrom('^', '~', '&', '|', '\\', '""', '*', ',', '$'),
  fc.string(),
  fc.constantFrom('1980', 'M', '测试'),
);
const parameter = fc
  .tuple(selector, fc.array(piece, { maxLength: 4 }))
  .map(([name, rest]) => `${name}^${rest.join('')}`);
const fields = fc.array(fc.oneof(parameter, fc.string()), { maxLength: 6 }).map((list) => list.join('~'));
const line = (text: string): string => text.replaceAll(/[\r\n]/gu, ' ');

/** Undefined where it is right, else what is wrong with what was read of a query. */
function faultOf(text: string, trigger: string): string | undefined {
  const message = parseMessage(text, { charset: 'utf-8' });
  if (!message.ok) return undefined;
  const query = readQuery(message.value, trigger);
  const result = query.ok && query.value.kind === 'candidates' ? criteriaOf(query.value.fields) : query;
  if (!result.ok) return parsePath(result.error.at?.path ?? '') === undefined ? 'an error without a place' : undefined;
  if (!('parameters' in result.value)) return undefined;
  const { parameters, numbers, accounts } = result.value;
  if (parameters.length + numbers.length + accounts.length === 0) return 'a search for everybody';
  return parameters.some(([, value]) => value === '') ? 'a parameter without a value' : undefined;
}

test('any query is a search or an error with a place', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Q21', 'Q22', 'Q23', 'Q99'),
      fields,
      fc.string(),
      fc.string(),
      (trigger, qpd, rcp, dsc) => {
        const header = `MSH|^~\\&|A|B|C|D|||QBP^${trigger}|1|P|2.5`;
        const lines = [header, `QPD|N|T|${line(qpd)}`, `RCP|I|${line(rcp)}`, `DSC|${line(dsc)}`];
        expect(faultOf(lines.join('\r'), trigger)).toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
});

const OUTBOUND = await readOutbound(path.join(HOME, 'mappings'));

test('any query gets one answer that can be read, whatever the channel may see', async () => {
  const store = openMemoryStore();
  const reads = createRecordReads(store);
  const searching = { store, zone: CHANNEL.zone, personOf: reads.personOf, cursorKey: 'key' };
  const outbound = () => (OUTBOUND.ok ? OUTBOUND.value : undefined);
  const namespaces: readonly string[] = ['HIS'];
  const queries = createQueries({
    store,
    reads,
    searching,
    namespaces,
    outbound,
    metrics: noMetrics,
    newId: randomUUID,
  });
  const ask = (bytes: Uint8Array, settings: ChannelSettings): Promise<Answer> | undefined => {
    const message = {
      id: '1',
      channel: 'his',
      receivedAt: new Date(0),
      peer: '',
      contentType: 'application/hl7-v2',
      bytes,
    };
    return queries.answer(examine(bytes, settings), { message, answer: () => Promise.resolve() }, settings);
  };
  const seen = fc.constantFrom(undefined, 'all' as const, ['HIS'], ['HIS', 'urn:oid:1.2.3.4']);
  await fc.assert(
    fc.asyncProperty(
      seen,
      fc.constantFrom('Q21', 'Q22', 'Q23', 'Q24'),
      fields,
      fc.string(),
      async (sees, trigger, qpd, dsc) => {
        const header = `MSH|^~\\&|A|B|C|D|||QBP^${trigger}|1|P|2.5`;
        const text = [header, `QPD|N|T|${line(qpd)}`, 'RCP|I|5^RD', `DSC|${line(dsc)}`, ''].join('\r');
        const answer = await ask(Buffer.from(text), sees === undefined ? CHANNEL : { ...CHANNEL, queries: sees });
        const bytes = answer?.kind === 'unavailable' ? undefined : answer?.bytes;
        const read = readMessage(bytes ?? new Uint8Array());
        expect(read.ok && read.value.first('MSA')?.value(2)).toBe('1');
        expect(Buffer.from(bytes ?? []).toString()).not.toContain('pipeline.bug');
      },
    ),
    { numRuns: 300 },
  );
  await store.close();
});
