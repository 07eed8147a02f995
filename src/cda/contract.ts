import type { Problem } from '../core/problem.ts';
import type { ResourcePatch } from '../fhir/patch.ts';
import type { UnmappedField } from '../mapping/result.ts';

/** What reading a document is told about where it came from. */
export interface CdaContext {
  /** Name space of every UUIDv5. */
  readonly installation: string;
  readonly source: string;
  /** Identifier domains that the channel's source declares, by kind of number: `{ MR: 'HOSP01' }`. */
  readonly ids: Readonly<Record<string, string>>;
  /** Date of a document that does not say when it was written. */
  readonly receivedAt: Date;
  /** IANA zone or offset of times without one. */
  readonly zone: string;
  /** Of a document inside a message: what the message says of whom and of which stay it speaks. */
  readonly within?: CdaSurroundings;
}

/** The message around a document. */
export interface CdaSurroundings {
  readonly patient: ResourcePatch;
  readonly encounter?: ResourcePatch;
}

/** What a document says, in the terms of the record. */
export interface CdaResult {
  /** ClinicalDocument/effectiveTime as dateTime, where it is one. */
  readonly writtenAt?: string;
  readonly patches: readonly ResourcePatch[];
  /** Parts that ended in no resource but the document itself: `section[2]/entry[1]/supply`. */
  readonly unmapped: readonly UnmappedField[];
  readonly warnings: readonly Problem[];
}
