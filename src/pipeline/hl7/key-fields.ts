import { problem, type Problem } from '../../core/problem.ts';
import type { MessageHeader } from '../../hl7/header.ts';
import { HL7_NULL, type Message } from '../../hl7/message.ts';

/** A field without which a message of some events cannot be used; any one of `anyOf` will do. */
interface KeyField {
  /** MSH-9.1, or MSH-9.1^MSH-9.2. */
  readonly events: readonly string[];
  /** Events of these types that do without it. */
  readonly except?: readonly string[];
  readonly anyOf: readonly (readonly [segment: string, field: number, component: number])[];
  /** Where the sender is told to look. */
  readonly path: string;
  readonly what: string;
}

const PATIENT_NUMBER = [
  ['PID', 3, 1],
  ['PID', 2, 1],
  ['PID', 4, 1],
] as const;

/** The entry itself: MFE alone names it in words that nobody else uses. */
const entry = (events: string, segment: string, ...fields: readonly number[]): KeyField => ({
  events: events.split(' ').map((event) => `MFN^${event}`),
  anyOf: fields.flatMap((field) => [1, 2, 3, 4].map((component) => [segment, field, component] as const)),
  path: `${segment}-${fields[0] ?? 1}`,
  what: 'an entry',
});

/** Key fields per event (DESIGN: `ack: checked`). */
const KEY_FIELDS: readonly KeyField[] = [
  {
    events: ['ADT', 'ORU', 'ORM', 'OML', 'OMG', 'OUL', 'MDM', 'SIU', 'RDE', 'RDS', 'RAS', 'DFT', 'BAR', 'VXU', 'PPR'],
    // A bed has no patient.
    except: ['ADT^A20'],
    anyOf: PATIENT_NUMBER,
    path: 'PID-3',
    what: 'a patient number',
  },
  {
    events: ['A18', 'A30', 'A34', 'A36', 'A39', 'A40', 'A43', 'A46', 'A47'].map((event) => `ADT^${event}`),
    anyOf: [
      ['MRG', 1, 1],
      ['MRG', 3, 1],
      ['MRG', 4, 1],
    ],
    path: 'MRG-1',
    what: 'the number that is replaced',
  },
  {
    events: ['ADT^A35', 'ADT^A41', 'ADT^A49'],
    anyOf: [['MRG', 3, 1]],
    path: 'MRG-3',
    what: 'the account number that is replaced',
  },
  {
    events: ['ADT^A42', 'ADT^A50'],
    anyOf: [['MRG', 5, 1]],
    path: 'MRG-5',
    what: 'the visit number that is replaced',
  },
  {
    events: ['SIU^S12', 'SIU^S13'],
    anyOf: [
      ['SCH', 11, 4],
      ['TQ1', 7, 1],
      ['AIS', 4, 1],
    ],
    path: 'SCH-11',
    what: 'a start',
  },
  {
    events: ['SIU'],
    anyOf: [
      ['SCH', 1, 1],
      ['SCH', 2, 1],
    ],
    path: 'SCH-1',
    what: 'an appointment number',
  },
  {
    events: ['ORU'],
    anyOf: [
      ['OBR', 4, 1],
      ['OBR', 4, 2],
    ],
    path: 'OBR-4',
    what: 'what was examined',
  },
  entry('M02', 'STF', 1, 2),
  entry('M05', 'LOC', 1),
  entry('M06 M07', 'CM0', 2),
  entry('M03 M08 M09 M10 M11 M12', 'OM1', 2),
];

/** The key fields that this message lacks; each problem names the place. */
export function missingKeyFields(message: Message, header: MessageHeader): readonly Problem[] {
  const event = `${header.code}^${header.trigger}`;
  return KEY_FIELDS.filter(({ except }) => except?.includes(event) !== true)
    .filter(({ events }) => events.includes(header.code) || events.includes(event))
    .filter(({ anyOf }) => !anyOf.some(([segment, field, component]) => isFilled(message, segment, field, component)))
    .map(({ path, what }) => problem('pipeline.key-field-missing', `${event} needs ${what} in ${path}.`, { path }));
}

function isFilled(message: Message, segment: string, field: number, component: number): boolean {
  return message.all(segment).some((one) => {
    const value = one.value(field, 1, component);
    return value !== '' && value !== HL7_NULL;
  });
}
