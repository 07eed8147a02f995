/** When a sender gets its positive answer: once the bytes are durable, after a look at form and key fields, or after processing. */
type AckMode = 'stored' | 'checked' | 'processed';

/** What the pipeline must know of a channel in; the rest of its configuration belongs to its driver. */
export interface ChannelSettings {
  readonly name: string;
  /** The source that speaks on this channel. */
  readonly source: string;
  readonly ack: AckMode;
  /** How long an `ack: processed` sender waits before it is told "stored, pending"; milliseconds. */
  readonly ackTimeoutMs: number;
  /** Charset where MSH-18 is absent or wrong. */
  readonly charset?: string;
  /** IANA zone or offset of times without one. */
  readonly zone: string;
  /** Identifier domains by kind of number: `{ MR: 'HOSP01' }`. */
  readonly ids: Readonly<Record<string, string>>;
  /** List segments that are the full list: `AL1`, `DG1`, `IN1`. */
  readonly snapshots: readonly string[];
  /** Historical load: the record is written, nobody is messaged. */
  readonly backfill: boolean;
  /** Whether later messages of the same patient go on after a failure, or wait for a person. */
  readonly onFailure: 'continue' | 'stop-lane';
  /** Namespaces whose patients and numbers are told to who queries (QBP); absent where the channel answers no queries. */
  readonly queries?: 'all' | readonly string[];
  /** Site overlay of the mappings. */
  readonly site?: string;
}
