import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parsePath } from '../../src/hl7/path.ts';
import { parseMessage } from '../../src/hl7/parse.ts';
import { criteriaOf } from '../../src/pipeline/queries/parameters.ts';
import { readQuery } from '../../src/pipeline/queries/query.ts';

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
