import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { FhirResource } from '../../fhir/patch.ts';

/**
 * How a receiver wants its messages: `header:` of a mapping gives what all receivers get, the settings of a destination
 * say what is different. Names of applications and facilities are HD as text: `HIS`, `HIS^1.2.3^ISO`.
 */
export interface OutboundSettings {
  readonly sendingApplication?: string;
  readonly sendingFacility?: string;
  readonly receivingApplication?: string;
  readonly receivingFacility?: string;
  /** MSH-11, `P` where absent. */
  readonly processingId?: string;
  /** MSH-12, `2.5.1` where absent. */
  readonly version?: string;
  /** MSH-15 and MSH-16. */
  readonly acceptAck?: string;
  readonly applicationAck?: string;
  /** MSH-17 and MSH-19. */
  readonly country?: string;
  readonly language?: string;
  /** MSH-18 as the receiver calls it (HL7 table 0211), `UNICODE UTF-8` where absent. */
  readonly charset?: string;
  /** MSH-1 and MSH-2: `|^~\&`, with a fifth encoding character where truncation is declared (v2.7). */
  readonly delimiters?: string;
  /** `offset`: times carry their offset from UTC. `local`: wall clock of `zone` without an offset. */
  readonly times?: 'offset' | 'local';
  /** IANA zone or offset of MSH-7 and of local times. */
  readonly zone?: string;
  /** What the receiver calls an assigning authority, by the system of an Identifier: HD as text, `''` for none. */
  readonly authorities?: Readonly<Record<string, string>>;
}

/** A resource that may be sent, with the URL that references may use for it. */
export interface OutboundEntry {
  readonly resource: FhirResource;
  readonly fullUrl?: string;
}

/** What is to be said, and what was said before: what is gone since is sent as `""`. */
export interface OutboundInput {
  readonly entries: readonly OutboundEntry[];
  readonly before?: readonly OutboundEntry[];
}

/** Clock and numbers of the messages that are made. */
export interface OutboundContext {
  readonly now: Date;
  /** MSH-10 of the next message. */
  readonly nextControlId: () => string;
  /** Asks for `OutboundMessage.trace`; costs nothing when absent. */
  readonly trace?: boolean;
}

/** One value of a message, the rule that made it and the element it came from. */
export interface OutboundTrace {
  /** Groups and field, or component: `ORDER_OBSERVATION.OBSERVATION.OBX-5`. */
  readonly place: string;
  /** File, line and column of the rule. */
  readonly rule: string;
  /** `Observation/1.valueQuantity`; none for a constant. */
  readonly elements: readonly string[];
}

/** An element that no field says. `table-lacks-code`, `invalid-value`: a rule read it, but it cannot be written. */
export interface UnsaidElement {
  /** `Patient/1.photo[0]`. */
  readonly path: string;
  readonly reason: 'not-mapped' | 'table-lacks-code' | 'invalid-value';
}

/** One message. */
export interface OutboundMessage {
  /** The resource that the message is about: `DiagnosticReport/1`. */
  readonly about: string;
  readonly text: string;
  /** The text in the receiver's charset. */
  readonly bytes: Uint8Array;
  /** Populated elements of the resources in this message that it does not say. */
  readonly unsaid: readonly UnsaidElement[];
  readonly warnings: readonly Problem[];
  /** Only when asked for; in the order of the message. */
  readonly trace?: readonly OutboundTrace[];
}

/** The messages of one input. */
export interface OutboundResult {
  /** One for each resource that the mapping is about; none where there is no such resource. */
  readonly messages: readonly OutboundMessage[];
  /** Resources that are in no message: `Provenance/1`. */
  readonly unused: readonly string[];
}

/** A compiled outbound mapping, ready for one receiver. */
export interface OutboundMapping {
  /** `ADT_A08`. */
  readonly name: string;
  /** Hash over every file that it was made of. */
  readonly version: string;
  run(input: OutboundInput, context: OutboundContext): OutboundResult;
}

/** All outbound mappings of an installation, compiled once. */
export interface OutboundSet {
  /** `ADT_A08`, `ORU_R01`, … */
  readonly names: readonly string[];
  /** The mapping of a message for a receiver; fails with every fault of the name, the site and the settings. */
  for(name: string, settings?: OutboundSettings, site?: string): Result<OutboundMapping, readonly Problem[]>;
}
