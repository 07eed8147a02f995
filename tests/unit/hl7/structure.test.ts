import { describe, expect, test } from '@jest/globals';

import { matchStructure } from '../../../src/hl7/match-structure.ts';
import type { GroupInstance, Structure } from '../../../src/hl7/structure.ts';
import { parsed } from './messages.ts';

const ORU: Structure = {
  id: 'ORU_R01',
  parts: [
    { segment: 'MSH', min: 1, max: 1 },
    { segment: 'SFT', min: 0 },
    {
      group: 'PATIENT_RESULT',
      min: 1,
      parts: [
        {
          group: 'PATIENT',
          min: 0,
          max: 1,
          parts: [
            { segment: 'PID', min: 1, max: 1 },
            { segment: 'PD1', min: 0, max: 1 },
            { segment: 'NTE', min: 0 },
            {
              group: 'VISIT',
              min: 0,
              max: 1,
              parts: [
                { segment: 'PV1', min: 1, max: 1 },
                { segment: 'PV2', min: 0, max: 1 },
              ],
            },
          ],
        },
        {
          group: 'ORDER_OBSERVATION',
          min: 1,
          parts: [
            { segment: 'ORC', min: 0, max: 1 },
            { segment: 'OBR', min: 1, max: 1 },
            { segment: 'NTE', min: 0 },
            {
              group: 'OBSERVATION',
              min: 0,
              parts: [
                { segment: 'OBX', min: 1, max: 1 },
                { segment: 'NTE', min: 0 },
              ],
            },
            {
              group: 'SPECIMEN',
              min: 0,
              parts: [
                { segment: 'SPM', min: 1, max: 1 },
                { segment: 'OBX', min: 0 },
              ],
            },
          ],
        },
      ],
    },
    { segment: 'DSC', min: 0, max: 1 },
  ],
};

/** `ORU_R01(MSH PATIENT_RESULT(…))`: the layout in one line. */
function layout(group: GroupInstance): string {
  const inner = [...group.segments.map((s) => s.name), ...group.groups.map(layout)];
  return `${group.name}(${inner.join(' ')})`;
}

const result = (inner: string): string => `ORU_R01(MSH PATIENT_RESULT(${inner}))`;

describe('a message over its structure', () => {
  test.each([
    [
      'in order',
      'PID PV1 ORC OBR NTE OBX NTE OBX OBR OBX',
      result(
        'PATIENT(PID VISIT(PV1)) ORDER_OBSERVATION(ORC OBR NTE OBSERVATION(OBX NTE) OBSERVATION(OBX)) ' +
          'ORDER_OBSERVATION(OBR OBSERVATION(OBX))',
      ),
      [],
    ],
    [
      'observations after a specimen',
      'PID OBR OBX SPM OBX',
      result('PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX) SPECIMEN(SPM OBX))'),
      [],
    ],
    [
      'several patients',
      'PID OBR OBX PID OBR OBX',
      'ORU_R01(MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))) ' +
        'PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))))',
      [],
    ],
    [
      'Z segments and foreign ones stay with their predecessor',
      'PID ZPI OBR ZOB OBX IN1 ZZZ OBX',
      result('PATIENT(PID ZPI) ORDER_OBSERVATION(OBR ZOB OBSERVATION(OBX IN1 ZZZ) OBSERVATION(OBX))'),
      [],
    ],
    [
      'a visit behind the order goes back to the patient',
      'PID OBR PV1 PV2 OBX',
      result('PATIENT(PID VISIT(PV1 PV2)) ORDER_OBSERVATION(OBR OBSERVATION(OBX))'),
      ['hl7.segment-misplaced PV1', 'hl7.segment-misplaced PV2'],
    ],
    [
      'an observation without OBR',
      'PID OBX OBX',
      result('PATIENT(PID) ORDER_OBSERVATION(OBSERVATION(OBX) OBSERVATION(OBX))'),
      ['hl7.segment-misplaced OBX', 'hl7.segment-missing OBR'],
    ],
    [
      'PV2 without PV1',
      'PID PV2 OBR',
      result('PATIENT(PID VISIT(PV2)) ORDER_OBSERVATION(OBR)'),
      ['hl7.segment-misplaced PV2', 'hl7.segment-missing PV1'],
    ],
    [
      'a second segment where one is allowed',
      'PID PD1 PD1 OBR',
      result('PATIENT(PID PD1 PD1) ORDER_OBSERVATION(OBR)'),
      ['hl7.segment-misplaced PD1[2]'],
    ],
    ['nothing but the header', '', 'ORU_R01(MSH)', ['hl7.segment-missing undefined']],
  ])('%s', (_name, segments, expected, warnings) => {
    const message = parsed(['MSH|^~\\&|LIS', ...segments.split(' ').filter((s) => s !== '')].join('\r'));
    const structured = matchStructure(message, ORU);
    expect(layout(structured.root)).toBe(expected);
    expect(structured.warnings.map((w) => `${w.code} ${w.at?.path}`)).toEqual(warnings);
  });

  test('occurrences of a group are counted within their parent', () => {
    const message = parsed('MSH|^~\\&|LIS\rPID\rOBR\rOBX\rOBX\rOBR\rOBX');
    const [patientResult] = matchStructure(message, ORU).root.groups;
    const orders = patientResult?.groups.filter((g) => g.name === 'ORDER_OBSERVATION') ?? [];
    expect(orders.map((g) => [g.index, g.groups.map((o) => o.index)])).toEqual([
      [0, [0, 1]],
      [1, [0]],
    ]);
  });
});
