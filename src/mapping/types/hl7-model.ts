import { HL7_FIELDS } from './hl7-fields.ts';

/** Type of one HL7 field; `repeats` where the standard allows repetitions. */
export interface FieldType {
  readonly type: string;
  readonly repeats: boolean;
}

/** Fields of the segments of a mapping: the standard's and the Z segments that a site declares. */
export type SegmentFields = ReadonlyMap<string, readonly FieldType[]>;

const parseField = (text: string): FieldType => ({ type: text.replace('*', ''), repeats: text.endsWith('*') });

/** The segments of the standard (v2.9 types, which older versions are read with). */
export const STANDARD_SEGMENTS: SegmentFields = new Map(
  Object.entries(HL7_FIELDS).map(([name, fields]) => [name, fields.split(' ').map(parseField)]),
);

/** Types of the components of the composite types, by position; what is not here is text. */
const COMPONENTS: Readonly<Record<string, string>> = {
  AUI: 'ST DT ST',
  CCD: 'ID DTM',
  CF: 'ST FT ID ST FT ID ST ST ST ST FT ID ST ST ST DTM ST ST DTM ST ST DTM',
  CNN: 'ST ST ST ST ST ST ST IS IS ST ID',
  CP: 'MO ID NM NM CWE ID',
  CQ: 'NM CWE',
  CWE: 'ST ST ID ST ST ID ST ST ST ST ST ID ST ST ST DTM ST ST DTM ST ST DTM',
  CX: 'ST ST ID HD ID HD DT DT CWE CWE ST ID',
  DIN: 'DTM CWE',
  DLD: 'CWE DTM',
  DLN: 'ST CWE DT',
  DR: 'DTM DTM',
  ED: 'HD ID ID ID TX',
  EI: 'ST IS ST ID',
  EIP: 'EI EI',
  FC: 'CWE DTM',
  FN: 'ST ST ST ST ST',
  HD: 'IS ST ID',
  JCC: 'CWE CWE TX',
  MO: 'NM ID',
  MOC: 'MO CWE',
  MSG: 'ID ID ID',
  NDL: 'CNN DTM DTM IS IS IS HD IS IS IS IS',
  NR: 'NM NM',
  OCD: 'CWE DT',
  OG: 'ST NM NM ST',
  OSP: 'CWE DT DT',
  PL: 'HD HD HD HD IS IS HD HD ST EI HD',
  PLN: 'ST CWE ST DT',
  PRL: 'CWE ST TX',
  PT: 'ID ID',
  RFR: 'NR CWE NR NR ST ST TX',
  RI: 'CWE ST',
  RP: 'ST HD ID ID',
  RPT: 'CWE ID NM NM NM IS ID ID NM IS GTS',
  SAD: 'ST ST ST',
  SN: 'ST NM ST NM',
  SPS: 'CWE CWE TX CWE CWE CWE CWE',
  TQ: 'CQ RI ST DTM DTM ST ST TX ID OSD CWE NM',
  UVC: 'CWE MO NM CWE',
  VID: 'ID CWE CWE',
  XAD: 'SAD ST ST ST ST ID ID ST CWE CWE ID DR DTM DTM CWE ID ID ID ST ST NM CWE EI',
  XCN: 'ST FN ST ST ST ST ST CWE HD ID ST ID ID HD ID CWE DR ID DTM DTM ST CWE CWE ST ID',
  XON: 'ST CWE ST ST ID HD ID HD ID ST',
  XPN: 'FN ST ST ST ST ST ID ID CWE DR ID DTM DTM ST ST',
  XTN: 'ST ID ID ST SNM SNM SNM SNM ST ST ST ST DTM DTM CWE CWE EI NM',
};

const COMPONENT_TYPES = new Map(Object.entries(COMPONENTS).map(([name, types]) => [name, types.split(' ')]));

/** Type of component `n` of a composite type; `ST` where the type has no components of its own. */
export function componentType(type: string, n: number): string {
  return COMPONENT_TYPES.get(type)?.[n - 1] ?? 'ST';
}

/** How many components a composite type has; undefined where it is simple or open. */
export function componentCount(type: string): number | undefined {
  return COMPONENT_TYPES.get(type)?.length;
}
