import type { Message } from './message.ts';

/** What MSH (and EVN-2) say about a message; every absent value is `''`. */
export interface MessageHeader {
  /** MSH-3.1 */
  readonly sendingApplication: string;
  /** MSH-4.1 */
  readonly sendingFacility: string;
  /** MSH-5.1 */
  readonly receivingApplication: string;
  /** MSH-6.1 */
  readonly receivingFacility: string;
  /** MSH-7, when the message was made. */
  readonly sentAt: string;
  /** MSH-9.1: `ADT`. */
  readonly code: string;
  /** MSH-9.2: `A01`; EVN-1 where MSH-9.2 is empty. */
  readonly trigger: string;
  /** MSH-9.3 as declared; not checked. */
  readonly structure: string;
  /** MSH-10 */
  readonly controlId: string;
  /** MSH-11.1: `P`, `T`, `D`. */
  readonly processingId: string;
  /** MSH-12.1 */
  readonly version: string;
  /** MSH-15: `AL`, `NE`, `ER`, `SU`. */
  readonly acceptAck: string;
  /** MSH-16 */
  readonly applicationAck: string;
  /** MSH-17 */
  readonly country: string;
  /** First repetition of MSH-18. */
  readonly charset: string;
  /** MSH-19.1 */
  readonly language: string;
  /** EVN-2, when the event was recorded. */
  readonly recordedAt: string;
}

/** The message type MSH-9.1 and its trigger, alone: cheaper than the whole header. */
export function readEvent(message: Message): Pick<MessageHeader, 'code' | 'trigger'> {
  const msh = message.first('MSH');
  const trigger = msh?.value(9, 1, 2) ?? '';
  return { code: msh?.value(9) ?? '', trigger: trigger === '' ? (message.first('EVN')?.value(1) ?? '') : trigger };
}

/** Reads the header facts of a message at once. */
export function readHeader(message: Message): MessageHeader {
  const msh = message.first('MSH');
  const evn = message.first('EVN');
  const read = (field: number, component = 1): string => msh?.value(field, 1, component) ?? '';
  const { code, trigger } = readEvent(message);
  return {
    sendingApplication: read(3),
    sendingFacility: read(4),
    receivingApplication: read(5),
    receivingFacility: read(6),
    sentAt: read(7),
    code,
    trigger,
    structure: read(9, 3),
    controlId: read(10),
    processingId: read(11),
    version: read(12),
    acceptAck: read(15),
    applicationAck: read(16),
    country: read(17),
    charset: read(18),
    language: read(19),
    recordedAt: evn?.value(2) ?? '',
  };
}
