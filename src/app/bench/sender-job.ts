/** What a sending process is asked to do. */
export interface SenderJob {
  readonly port: number;
  readonly connections: number;
  /** Messages of one group go over one connection, in order. */
  readonly groups: readonly (readonly Uint8Array[])[];
}

/** What became of it. */
export interface SenderResult {
  /** From sending to the acknowledgement, in milliseconds, one a message. */
  readonly latencies: readonly number[];
  /** How often an answer was not positive, by MSA-1 and the code in ERR-5. */
  readonly refused: readonly (readonly [code: string, count: number])[];
  /** From the first message to the last answer. */
  readonly milliseconds: number;
}
