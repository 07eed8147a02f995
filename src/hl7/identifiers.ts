import { HL7_NULL, type Message, type Segment } from './message.ts';

/** A patient number as a message carries it (CX, HL7 v2.8.2 chapter 2A.3.14); absent parts are `''`. */
export interface PatientIdentifier {
  /** CX-1 */
  readonly value: string;
  /** CX-5: `MR`, `PI`, `NI`. */
  readonly kind: string;
  /** CX-4.1 */
  readonly authority: string;
  /** CX-4.2 */
  readonly universalId: string;
  /** CX-4.3 */
  readonly universalIdType: string;
  /** Address: `PID-3[2]`, `MRG[2]-1[1]`. */
  readonly path: string;
}

/** Fields that hold patient numbers; PID-2, PID-4, MRG-2 and MRG-4 are those of versions before 2.4. */
const FIELDS: readonly (readonly [segment: string, fields: readonly number[]])[] = [
  ['PID', [3, 2, 4]],
  ['MRG', [1, 4, 2]],
];

/**
 * Every patient number of a message: of all PID and MRG segments, so of both groups of A17, A24 and A40. Used to keep
 * messages of one patient in order. Empty and null (`""`) numbers are left out; one that stands twice is listed twice.
 */
export function identifiersOf(message: Message): readonly PatientIdentifier[] {
  const found: PatientIdentifier[] = [];
  for (const [name, fields] of FIELDS) {
    message.all(name).forEach((segment, index) => {
      const head = index === 0 ? name : `${name}[${index + 1}]`;
      for (const field of fields) addField(found, segment, { field, head });
    });
  }
  return found;
}

interface Where {
  readonly field: number;
  readonly head: string;
}

function addField(found: PatientIdentifier[], segment: Segment, { field, head }: Where): void {
  const count = segment.repetitions(field).length;
  for (let repetition = 1; repetition <= count; repetition += 1) {
    const value = segment.value(field, repetition).trim();
    if (value === '' || value === HL7_NULL) continue;
    found.push({
      value,
      kind: segment.value(field, repetition, 5),
      authority: segment.value(field, repetition, 4, 1),
      universalId: segment.value(field, repetition, 4, 2),
      universalIdType: segment.value(field, repetition, 4, 3),
      path: `${head}-${field}[${repetition}]`,
    });
  }
}
