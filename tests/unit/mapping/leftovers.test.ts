import { describe, expect, test } from '@jest/globals';

import { formatProblem } from '../../../src/core/problem.ts';
import type { MappingFile } from '../../../src/mapping/contract.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import type { MappingResult } from '../../../src/mapping/result.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { isObject, listOf } from '../../../src/fhir/json.ts';
import { CONTEXT, loaded, mapped, mappingFiles, message } from './mapping-files.ts';

const set = loaded();

/** `Encounter PV1-30=D`, `Patient PID-11.8=x`: what is kept, and where. */
function keptIn(result: MappingResult): readonly string[] {
  return toResources(result).flatMap((resource) =>
    listOf(resource['extension']).flatMap((one) => {
      const url = isObject(one) ? String(one['url']) : '';
      if (!isObject(one) || !url.startsWith('urn:jingluo:hl7v2:')) return [];
      const place = `${resource.resourceType} ${url.slice('urn:jingluo:hl7v2:'.length)}`;
      const parts = listOf(one['extension']).filter(isObject);
      if (parts.length === 0) return [`${place}=${String(one['valueString'])}`];
      return parts.map((part) => `${place}.${String(part['url'])}=${String(part['valueString'])}`);
    }),
  );
}

const HEAD = 'MSH|^~\\&|HIS|H|J|J|20261121||';
const PID = 'PID|1||P990001^^^H^MR||Test^A';
const adt = (...segments: readonly string[]): readonly string[] => [
  `${HEAD}ADT^A01|1|P|2.5`,
  'EVN||20261121',
  ...segments,
];
const oru = (...segments: readonly string[]): readonly string[] => [`${HEAD}ORU^R01|1|P|2.5`, PID, ...segments];
const OBR = 'OBR|1|O1^H|F1^L|4548-4^HbA1c^LN';

describe('what no rule reads is kept on the resource of its segment', () => {
  test.each<{ name: string; sent: readonly string[]; kept: readonly string[]; listed?: readonly string[] }>([
    { name: 'a plain value', sent: adt(PID, `PV1|1|I${'|'.repeat(28)}D`), kept: ['Encounter PV1-30=D'] },
    {
      name: 'what is said of a visit that is no Encounter, since PV1 does not identify it',
      sent: adt(PID, `PV1|1|${'|'.repeat(28)}D`),
      kept: ['Patient PV1-30=D'],
    },
    {
      name: 'only the components that nothing read, with their numbers',
      sent: adt('PID|1||P990001^^^H^MR||Test^A||||||Road 1^^Town^^1000^CN^H^Quarter'),
      kept: ['Patient PID-11.8=Quarter'],
    },
    {
      name: 'a value that nothing read in all its parts, with subcomponents',
      sent: adt(PID.padEnd(PID.length + 36, '|') + 'a&b^^c'),
      kept: ['Patient PID-41.1.1=a', 'Patient PID-41.1.2=b', 'Patient PID-41.3=c'],
    },
    {
      name: 'each repetition by itself',
      sent: adt(PID.padEnd(PID.length + 36, '|') + 'one~""~two'),
      kept: ['Patient PID-41=one', 'Patient PID-41=two'],
      listed: ['PID-41[2]'],
    },
    {
      name: 'escapes are decoded, control characters go, blanks are nothing',
      sent: adt(PID.padEnd(PID.length + 36, '|') + 'a\\T\\b\\X07\\| '),
      kept: ['Patient PID-41=a&b'],
    },
    {
      name: 'a value without the form of its type, and a code that its table lacks, are listed too',
      sent: adt('PID|1||P990001^^^H^MR||Test^A||1980-13-45|Q'),
      kept: ['Patient PID-7=1980-13-45', 'Patient PID-8=Q'],
      listed: ['PID-8', 'PID-7'],
    },
    {
      name: 'what is left of each OBX is with its Observation',
      sent: oru(OBR, 'OBX|1|ST|1^x^L||v||||||F||AC1', 'OBX|2|ST|2^y^L||v||||||F||AC2'),
      kept: ['Observation OBX-13=AC1', 'Observation OBX-13=AC2'],
    },
    {
      name: 'a note of the order stays with the order, that of a result with the result',
      sent: oru(OBR, 'NTE|1|O|for all', 'OBX|1|ST|1^x^L||v||||||F', 'NTE|1|R|for one'),
      kept: ['DiagnosticReport NTE-2=O', 'Observation NTE-2=R'],
    },
    {
      name: 'a Z segment that nobody declared is with what it stands behind',
      sent: oru(OBR, 'ZOB|about the order', 'OBX|1|ST|1^x^L||v||||||F', 'ZOX|about the result'),
      kept: ['DiagnosticReport ZOB-1=about the order', 'Observation ZOX-1=about the result'],
    },
    {
      name: 'subcomponents of what was read whose words are in no resource',
      sent: adt(PID, 'PV1|1|I|W1^^^Main Campus&1.2.840.99.1&ISO||||0214^Li^Min|0214^Li&van&Jansen^Min'),
      kept: ['Encounter PV1-8.2.2=van', 'Encounter PV1-8.2.3=Jansen'],
    },
    {
      name: 'delimiters, set ids, routing and files are not kept',
      sent: [
        `${HEAD}MDM^T02|1|P|2.5`,
        PID,
        'TXA|1|DS||20261121||||||||D1^H|||||AU',
        'OBX|1|ED|x||^application^pdf^Base64^AAAA||||||F',
      ],
      kept: ['DocumentReference OBX-3=x', 'DocumentReference OBX-11=F'],
      listed: [],
    },
  ])('$name', ({ sent, kept, listed = [] }) => {
    const result = mapped(set, message(...sent));
    expect(keptIn(result)).toEqual(kept);
    expect(result.unmapped.map(({ address }) => address)).toEqual(listed);
  });

  test('of equal lines the same is kept once', () => {
    const lines = Array.from({ length: 300 }, (_, n) => `OBX|${n + 1}|TX|DS||line ${n}||||||F`);
    const sent = [`${HEAD}MDM^T02|1|P|2.5`, PID, 'TXA|1|DS||20261121||||||||D1^H|||||AU', ...lines];
    expect(keptIn(mapped(set, message(...sent)))).toEqual(['DocumentReference OBX-3=DS', 'DocumentReference OBX-11=F']);
  });

  test('one resource keeps so much and no more; what is beyond stays on the list', () => {
    const long = PID.padEnd(PID.length + 36, '|') + `${'x'.repeat(300_000)}|short`;
    const result = mapped(set, message(...adt(long)));
    expect(keptIn(result)).toEqual(['Patient PID-42=short']);
    expect(result.unmapped.map(({ address }) => address)).toEqual(['PID-41']);
  });

  test('a trace names the extension and where it is from', () => {
    const result = mapped(set, message(...adt(PID, `PV1|1|I${'|'.repeat(28)}D`)), { ...CONTEXT, trace: true });
    expect(result.trace).toContainEqual({
      leaf: expect.stringMatching(/^Encounter\/.*\.extension\('urn:jingluo:hl7v2:PV1-30'\)$/u),
      rule: 'mappings/base/parts/visit.yaml encounter.rest',
      addresses: ['PV1-30'],
    });
  });

  test('what is about the message itself is kept with it, where that is asked for', () => {
    const sent = message(`${HEAD}ADT^A01|1|P|2.5|||||||||PROFILE^X`, 'EVN||20261121|||||', PID);
    expect(keptIn(mapped(set, sent))).toEqual([]);
    expect(keptIn(mapped(set, sent, { ...CONTEXT, envelope: true }))).toContain('MessageHeader MSH-21.1=PROFILE');
  });
});

describe('a site decides', () => {
  const withSite = (path: string, ...lines: readonly string[]): readonly MappingFile[] => [
    ...mappingFiles(),
    { path: `sites/strict/${path}`, text: lines.join('\n') },
  ];
  const sent = message(...adt(PID, `PV1|1|I${'|'.repeat(17)}V1${'|'.repeat(11)}D`), 'ZZ1|x');

  function keptBySite(files: readonly MappingFile[]): readonly string[] {
    const mapping = loaded(files).for(sent, 'strict');
    return mapping.ok ? keptIn(mapping.value.run(sent, CONTEXT)) : [];
  }

  test('nothing is kept', () => {
    expect(keptBySite(withSite('message.yaml', 'part: message', 'rest: none'))).toEqual([]);
  });

  test.each([
    { rest: 'rest: []', kept: ['Patient ZZ1-1=x'] },
    { rest: 'rest: [PV2]', kept: ['Patient ZZ1-1=x'] },
    { rest: 'rest+: [EVN]', kept: ['Encounter PV1-30=D', 'Patient ZZ1-1=x'] },
  ])('of a stay: $rest', ({ rest, kept }) => {
    const files = withSite('patient.yaml', 'part: patient', 'resources: { patient: { rest: [Z*] } }');
    const visit = { path: 'sites/strict/visit.yaml', text: `part: visit\nresources: { encounter: { ${rest} } }` };
    expect(keptBySite([...files, visit])).toEqual(kept);
  });

  test.each([
    { text: 'map: ADT_A01\nextends: base/ADT_A01\nresources: { patient: { rest: [OBR] } }', fault: /has no OBR/u },
    { text: 'part: patient\nresources: { patient: { rest: [pid] } }', fault: /pattern/u },
  ])('a segment that cannot be is a fault: $fault', ({ text, fault }) => {
    const set = loadMappings(withSite(text.startsWith('map') ? 'ADT_A01.yaml' : 'patient.yaml', ...text.split('\n')));
    expect(set.ok ? [] : set.error.map(formatProblem)).toEqual([expect.stringMatching(fault)]);
  });
});
