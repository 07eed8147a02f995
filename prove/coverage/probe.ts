import type { Segment } from '../../src/hl7/message.ts';
import { readMessage } from '../../src/hl7/read-message.ts';
import { Several } from '../../src/mapping/convert/converting.ts';
import { findConversion } from '../../src/mapping/convert/registry.ts';
import { Cell } from '../../src/mapping/run/cell.ts';
import { formalParts } from '../../src/mapping/run/formal-parts.ts';
import { Run } from '../../src/mapping/run/run.ts';
import { componentCount, componentType } from '../../src/mapping/types/hl7-model.ts';

/** What a conversion made of a value: the value itself and the resources that it refers to, by type. */
export interface Probed {
  readonly value: unknown;
  readonly resources: readonly { readonly type: string; readonly elements: Readonly<Record<string, unknown>> }[];
}

/** Values of the simple types and of composite components (their parts are subcomponents), made up for a probe. */
const SAMPLES: Readonly<Record<string, string>> = {
  NM: '7',
  SI: '3',
  DTM: '20260102030405+0800',
  DT: '20260102',
  TM: '0304',
  ID: 'Y',
  HD: 'HALL&1.2.3.4&ISO',
  CWE: 'C1&Clear&LN',
  DR: '20260101&20260131',
  SPS: 'C1',
  FN: 'Stone&van&Own&de&Partner',
  SAD: 'Street 1&Street&1',
  EI: 'E1&HALL&1.2.3.4&ISO',
  MO: '12.5&CNY',
  CN: 'P1&Stone&Ada',
  CQ: '5&mg',
};

/** Where the sample of the type would not be a value that a component can have; several where one does not say all. */
const COMPONENT_SAMPLES: Readonly<Record<string, readonly string[]>> = {
  'NA.1': ['5'],
  'NA.2': ['6'],
  'NA.3': ['7'],
  'NA.4': ['8'],
  'NR.1': ['3'],
  'NR.2': ['9'],
  'ED.2': ['application'],
  'ED.3': ['pdf'],
  'ED.4': ['Base64'],
  'ED.5': ['QUJD'],
  'RP.1': ['http://example.org/a'],
  'RP.3': ['application', 'image'],
  'RP.4': ['pdf'],
  'HD.2': ['1.2.3.4'],
  'HD.3': ['ISO'],
  'SN.1': ['>'],
  'SN.3': ['-'],
  'XTN.1': ['5550123'],
  'XTN.2': ['WPN', 'PRN'],
  'XTN.3': ['FX', 'PH', 'Internet'],
  'XTN.4': ['a@example.org'],
  'XTN.5': ['86'],
  'XTN.6': ['21'],
  'XTN.7': ['5550123'],
  'CX.5': ['MR'],
  'CX.7': ['20260102'],
  'CWE.3': ['LN'],
  'CWE.6': ['SCT'],
  'CWE.12': ['UCUM'],
  'XPN.7': ['L', 'N', 'M'],
  'XPN.11': ['F'],
  'XAD.7': ['H', 'M', 'HV', 'L', 'B', 'BA'],
  'XAD.13': ['20260101'],
  'XCN.10': ['L', 'N'],
  'XCN.18': ['F'],
  'RPT.1': ['Q6H', 'AC'],
  'RPT.3': ['1'],
  'RPT.4': ['3'],
  'RPT.5': ['6'],
  'RPT.6': ['h'],
  'RPT.8': ['AC'],
  'RPT.9': ['30'],
  'RPT.10': ['min'],
  'RI.1': ['Q6H'],
  'RI.2': ['0800'],
  'TQ.2': ['Q6H', 'Q6H&0800'],
  'TQ.3': ['D5'],
  'TQ.6': ['S'],
  'TQ.12': ['3'],
};

const NO_WARNINGS: readonly string[] = [];

/** The samples of a component: `FN` is `Stone&van&…`. */
export const samplesOf = (type: string, n: number): readonly string[] =>
  COMPONENT_SAMPLES[`${type}.${n}`] ?? [simpleSample(type, n)];

function simpleSample(type: string, n: number): string {
  const sample = componentCount(type) === undefined ? SAMPLES[type] : SAMPLES[componentType(type, n)];
  return sample ?? `Text${n}`;
}

/** A value with these components populated. */
export function valueOf(parts: Readonly<Record<number, string>>, separator = '^'): string {
  const count = Math.max(...Object.keys(parts).map(Number), 1);
  return Array.from({ length: count }, (_, index) => parts[index + 1] ?? '').join(separator);
}

/** Every component of a type with its first sample. */
export function fullSample(type: string): Readonly<Record<number, string>> {
  const count = componentCount(type) ?? 1;
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [index + 1, samplesOf(type, index + 1)[0] ?? '']),
  );
}

/** What the converter of a type makes of a value; undefined where there is none, or where it makes nothing. */
export function convertSample(
  type: string,
  fhirType: string,
  value: string,
  codeSystems: ReadonlyMap<string, string>,
): Probed | undefined {
  const conversion = findConversion(type, [fhirType]);
  const read = readMessage(Buffer.from(`MSH|^~\\&|||||20260101||ADT^A01|1|P|2.8\rZZZ|${value}`));
  if (conversion === undefined || !read.ok) return undefined;
  const segment: Segment | undefined = read.value.segments[1];
  if (segment === undefined) return undefined;
  const run = new Run(
    read.value,
    {
      installation: '00000000-0000-0000-0000-000000000000',
      messageId: '1',
      channel: 'probe',
      source: 'probe',
      ids: {},
      zone: 'Z',
      receivedAt: new Date(0),
      snapshots: NO_WARNINGS,
    },
    { codeSystems },
  );
  const place = { field: 1, repetition: 1, component: 0, subcomponent: 0, type, formal: formalParts(type) };
  const made = conversion.convert(new Cell(segment, place, value, read.value.separators), run);
  if (made === undefined) return undefined;
  const values = made instanceof Several ? made.values : made;
  const resources = run.patches.all().map((patch) => ({
    type: patch.type,
    elements: Object.fromEntries(
      Object.entries(patch.elements).flatMap(([name, news]) => (news.kind === 'value' ? [[name, news.value]] : [])),
    ),
  }));
  return { value: values, resources };
}
