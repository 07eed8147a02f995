import { describe, expect, test } from '@jest/globals';
import { stringifyFhir } from '../../../src/fhir/json.ts';
import { toResources } from '../../../src/mapping/to-resources.ts';
import { loaded, mapped, message } from './mapping-files.ts';

/** Where HL7's extensions live. */
export const URL = 'http://hl7.org/fhir/StructureDefinition/';
/** Where HL7's tables live. */
export const V2 = 'http://terminology.hl7.org/CodeSystem/v2-';

/** Elements that the conversions are looked at in. */
export const set = loaded([
  { path: 'structures/EXA_E01.yaml', text: 'structure: EXA_E01\nparts: [MSH, PID?, PV1?, OBX?, IN1?, FT1?]' },
  {
    path: 'base/EXA_E01.yaml',
    text: `map: EXA_E01
events: [E01]
resources:
  patient:
    type: Patient
    set:
      identifier: [PID-3, PID-20]
      name: PID-5
      telecom: PID-13
      address: PID-11
      maritalStatus: PID-16
      deceased: PID-29
      generalPractitioner: PV1-7
      birthDate: PID-7
  observation:
    type: Observation
    when: OBX-2 exists and not OBX-2 in (ED, RP)
    set: { status: final, code: { text: x }, value: 'OBX-5[1] | by(OBX-2) | unit(OBX-6)', effective: OBX-14, referenceRange: OBX-7 | range }
  encounter:
    type: Encounter
    when: PV1-2 exists
    set: { status: finished, class: { code: AMB }, period: 'PV1-44 .. PV1-45[1]', type: PV1-37, hospitalization: { admitSource: PV1-14 } }
  document:
    type: DocumentReference
    when: OBX-2 in (ED, RP)
    set: { status: current, content: { attachment: { each: OBX-5, is: 'OBX-5 | by(OBX-2)' } } }
  charge:
    type: ChargeItem
    when: FT1-11 exists
    set: { status: billable, code: { text: x }, subject: { display: x }, priceOverride: FT1-11, occurrence: FT1-4 }
`,
  },
]);

interface Said {
  readonly value: unknown;
  readonly unmapped: string;
  readonly warnings: number;
}

/** What a message says in one element, what is not mapped of the segment, and how many warnings there are. */
function said(element: string, segment: string): Said {
  const [type, name = ''] = element.split('.');
  const result = mapped(set, message('MSH|^~\\&|A|B|C|D|20261121||EXA^E01|1|P|2.8.2', ...segment.split('\r')));
  const resource: Readonly<Record<string, unknown>> =
    toResources(result).find(({ resourceType }) => resourceType === type) ?? {};
  const value = resource[Object.keys(resource).find((key) => key.startsWith(name)) ?? ''];
  return {
    value: value === undefined ? undefined : JSON.parse(stringifyFhir(value)),
    unmapped: result.unmapped.map(({ address }) => address).join(' '),
    warnings: result.warnings.length,
  };
}

/** What is said, the segment, its value, and where anything is left over or warned about, that. */
export type Case = readonly [what: string, segment: string, value: unknown, rest?: Partial<Said>];

/** One test for each case. */
export function check(element: string, cases: readonly Case[]): void {
  describe(element, () => {
    test.each<Case>(cases)('%s', (_what, segment, value, rest = {}) => {
      const { unmapped, ...found } = said(element, segment);
      expect({ ...found, unmapped: unmapped.replaceAll(/(?:^| )(?:MSH|PV1-2|OBX-[123])[^ ]*/gu, '').trim() }).toEqual({
        value,
        unmapped: '',
        warnings: 0,
        ...rest,
      });
    });
  });
}
