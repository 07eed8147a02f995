import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { IdentityDirective, ResourcePatch, Snapshot } from '../fhir/patch.ts';
import type { Message } from '../hl7/message.ts';
import type { UnknownCode, UnmappedField } from '../mapping/result.ts';
import type { ChannelSettings } from '../core/channel-settings.ts';
import type { JournalWrite } from './journal.ts';

/** A message with what the journal knows of it, as an interpreter gets it. */
interface StoredMessage {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** The same, where intake has read them as HL7 v2. */
  readonly message?: Message;
  readonly receivedAt: Date;
  readonly channel: ChannelSettings;
  /** Of a message of the FHIR endpoint: what it wrote, and what its conditional references meant. */
  readonly writes?: readonly JournalWrite[];
  readonly names?: Readonly<Record<string, string>>;
}

/** What a message says, in the terms of the record. */
export interface Interpretation {
  /** Event time (DESIGN: news order), clamped. */
  readonly at: Date;
  readonly patches: readonly ResourcePatch[];
  readonly directives: readonly IdentityDirective[];
  readonly snapshots: readonly Snapshot[];
  readonly unmapped: readonly UnmappedField[];
  readonly warnings: readonly Problem[];
  /** Codes that tables lack. */
  readonly unknownCodes?: readonly UnknownCode[];
  readonly mappingVersion: string;
  /** The same message sent again, at another time and under another number, says the same. */
  readonly isRepeatable?: boolean;
  /** Written at the FHIR endpoint: ids are the client's and the request is the newest news. */
  readonly rest?: boolean;
}

/** Turns the bytes of one content type into news; pure, one per content type. */
export interface Interpreter {
  readonly contentType: string;
  interpret(message: StoredMessage): Result<Interpretation, Problem>;
  /**
   * Says at little cost whether a message may say the same as an earlier one. Undefined where that cannot be known, or
   * where there is something to warn of.
   */
  recognise?(message: StoredMessage): Recognised | undefined;
}

/** A message as far as it is compared with earlier ones. */
interface Recognised {
  /** Equal for messages of one channel that differ in nothing but when they were sent and how they are numbered. */
  readonly words: string;
  /** Event time, as {@link Interpretation.at}. */
  readonly at: Date;
}
