import type { Answer } from '../../core/message.ts';
import type { Problem } from '../../core/problem.ts';
import { offsetAt } from '../../fhir/zone.ts';
import { buildAck, salvageHeader, type AckCode } from '../../hl7/ack.ts';
import { ackPlan, isWanted, type AckPlan } from '../../hl7/ack-mode.ts';
import { parseTs } from '../../hl7/parse-ts.ts';
import type { Processed } from '../process.ts';
import type { Examined } from './examine.ts';

/** What the answer to a message is about. */
export interface AckFacts {
  /** Id of the message here: names the acknowledgement too, so that a re-send is answered with the same one. */
  readonly id: string;
  /** When the message was received first. */
  readonly at: Date;
  /** Zone of the channel, for MSH-7 of the acknowledgement where the sender's carries no offset. */
  readonly zone: string;
  /** Absent for a positive answer. */
  readonly refusal?: Problem;
}

/**
 * The immediate answer: AA, AE or AR in original mode, CA, CE or CR in enhanced mode (HL7 v2.8.2 chapter 2.9). Without
 * bytes where the sender asked for none (MSH-15).
 * @param bytes the message, for its header where it could not be read as a whole
 */
export function acknowledge(examined: Examined, bytes: Uint8Array, facts: AckFacts): Answer {
  const plan = planOf(examined);
  const enhanced = plan.mode === 'enhanced';
  const answer = (code: AckCode) => writeAck(examined, bytes, { code, facts });
  if (facts.refusal === undefined) {
    const wanted = !enhanced || isWanted(plan.accept, true);
    return wanted ? { kind: 'accepted', bytes: answer(enhanced ? 'CA' : 'AA') } : { kind: 'accepted' };
  }
  const refused = { kind: 'refused', problem: facts.refusal, kept: true } as const;
  if (enhanced && !isWanted(plan.accept, false)) return refused;
  // What cannot be read is rejected; what can be read but not used is an error of its content.
  const letter = examined.message === undefined ? 'R' : 'E';
  return { ...refused, bytes: answer(enhanced ? `C${letter}` : `A${letter}`) };
}

/** The later application acknowledgement of enhanced mode, where MSH-16 asks for it; undefined otherwise. */
export function applicationAcknowledge(
  examined: Examined,
  bytes: Uint8Array,
  facts: Omit<AckFacts, 'refusal'> & { readonly processed: Processed },
): Uint8Array | undefined {
  const plan = planOf(examined);
  const success = facts.processed.state !== 'failed';
  if (plan.mode === 'original' || !isWanted(plan.application, success)) return undefined;
  const { problem } = facts.processed;
  const refusal = success || problem === undefined ? {} : { refusal: problem };
  return writeAck(examined, bytes, { code: success ? 'AA' : 'AE', facts: { ...facts, ...refusal } });
}

/** Whether the sender asks for acknowledgements of two kinds (MSH-15, MSH-16). */
export function isEnhanced(examined: Examined): boolean {
  return planOf(examined).mode === 'enhanced';
}

/** Whether the sender may get a later application acknowledgement. */
export function wantsApplicationAck(examined: Examined): boolean {
  const { mode, application } = planOf(examined);
  return mode === 'enhanced' && application !== 'NE';
}

const planOf = ({ header }: Examined): AckPlan => ackPlan(header?.acceptAck ?? '', header?.applicationAck ?? '');

function writeAck(examined: Examined, bytes: Uint8Array, ack: { code: AckCode; facts: AckFacts }): Uint8Array {
  const { code, facts } = ack;
  const sent = parseTs(examined.header?.sentAt ?? '');
  return buildAck(examined.message ?? salvageHeader(bytes), {
    code,
    controlId: `${code === 'AA' || code === 'AE' ? 'A' : 'C'}${facts.id.replaceAll('-', '').slice(0, 19)}`,
    at: facts.at,
    offset: sent?.offset ?? offsetAt(facts.zone, facts.at.getTime()) / 60_000,
    problems: facts.refusal === undefined ? [] : [facts.refusal],
  }).bytes;
}
