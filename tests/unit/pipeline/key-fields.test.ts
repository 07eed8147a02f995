import { expect, test } from '@jest/globals';
import { readHeader } from '../../../src/hl7/header.ts';
import { missingKeyFields } from '../../../src/pipeline/hl7/key-fields.ts';
import { message } from '../mapping/mapping-files.ts';

function missing(event: string, ...segments: readonly string[]): readonly (string | undefined)[] {
  const type = event.includes('^') ? event : `ADT^${event}`;
  const whole = message(`MSH|^~\\&|HIS|H|J|J|20261121||${type}|1|P|2.5`, 'EVN||20261121', ...segments);
  return missingKeyFields(whole, readHeader(whole)).map(({ at }) => at?.path);
}

const PID = 'PID|1||P990001^^^H^MR';

test.each<[event: string, segments: readonly string[], fields: readonly string[]]>([
  ['A20', ['NPU|D-骨科^101^1|H'], []],
  ['A21', ['PV1|1|I'], ['PID-3']],
  ['A40', [PID, 'MRG|'], ['MRG-1']],
  ['A40', [PID, 'MRG|T990001^^^H^MR'], []],
  ['A41', [PID, 'MRG|T990001^^^H^MR'], ['MRG-3']],
  ['A42', [PID, 'MRG|T990001^^^H^MR'], ['MRG-5']],
  ['A42', [PID, 'MRG|||||V990001'], []],
  ['A47', [PID, 'MRG|'], ['MRG-1']],
  ['MFN^M02', ['MFE|MDC|1||D990001|CWE'], ['STF-1']],
  ['MFN^M02', ['MFE|MAD|1||D990001|CWE', 'STF||D990001^^^H'], []],
  ['MFN^M05', ['MFE|MAD|1||B1|CWE', 'LOC|^^^H'], []],
  ['MFN^M08', ['MFE|MAD|1||GLU|CWE', 'OM1|1|GLU'], []],
])('%s of %j needs %j', (event, segments, fields) => {
  expect(missing(event, ...segments)).toEqual(fields);
});
