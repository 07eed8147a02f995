/** When a sender wants an acknowledgement (HL7 table 0155): always, never, on error only, on success only. */
export type AckCondition = 'AL' | 'NE' | 'ER' | 'SU';

/** Which acknowledgements a message asks for (HL7 v2.8.2 chapter 2.9). */
export interface AckPlan {
  /**
   * `original`: MSH-15 and MSH-16 are both empty; one answer AA, AE or AR.
   * `enhanced`: an accept acknowledgement CA, CE or CR, and an application acknowledgement AA, AE or AR, each by its condition.
   */
  readonly mode: 'original' | 'enhanced';
  readonly accept: AckCondition;
  readonly application: AckCondition;
}

/**
 * Reads the plan from MSH-15 and MSH-16. In enhanced mode an empty field means never, as the standard says; a value that
 * table 0155 does not have means always, so that no sender waits in vain.
 */
export function ackPlan(acceptAck: string, applicationAck: string): AckPlan {
  if (acceptAck === '' && applicationAck === '') return { mode: 'original', accept: 'NE', application: 'AL' };
  return { mode: 'enhanced', accept: condition(acceptAck), application: condition(applicationAck) };
}

function condition(value: string): AckCondition {
  switch (value) {
    case '':
    case 'NE':
      return 'NE';
    case 'ER':
    case 'SU':
      return value;
    default:
      return 'AL';
  }
}

/** Whether an acknowledgement under a condition is to be sent for this outcome. */
export function isWanted(condition: AckCondition, success: boolean): boolean {
  return condition === 'AL' || (condition === 'ER' && !success) || (condition === 'SU' && success);
}
