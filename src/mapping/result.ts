import type { Problem } from '../core/problem.ts';
import type { FhirResource, IdentityDirective, ResourcePatch, Snapshot } from '../fhir/patch.ts';

/** Why a populated field has no element. */
export type UnmappedReason = 'not-mapped' | 'table-lacks-code' | 'invalid-value' | 'no-place-in-r4';

/** A populated field that ended in no element. The value itself stays in the message. */
export interface UnmappedField {
  /** HL7 address with segment repetition: `OBX[3]-17`. */
  readonly address: string;
  readonly reason: UnmappedReason;
}

/** A code that a table lacks; it may be patient data, so it is kept in the store alone, never told in problems or logs. */
export interface UnknownCode {
  readonly table: string;
  readonly code: string;
}

/** One output leaf, the rule that made it and the HL7 field it came from. */
export interface TraceEntry {
  /** `Patient/<id>.name[0].family`. */
  readonly leaf: string;
  /** File and rule: `mappings/base/ADT_A01.yaml patient.name`. */
  readonly rule: string;
  /** HL7 addresses: `PID-5[1].1`. */
  readonly addresses: readonly string[];
}

/** What a mapping makes of one message. */
export interface MappingResult {
  readonly patches: readonly ResourcePatch[];
  readonly directives: readonly IdentityDirective[];
  readonly snapshots: readonly Snapshot[];
  readonly unmapped: readonly UnmappedField[];
  readonly warnings: readonly Problem[];
  /** Codes that tables lack, each once. */
  readonly unknownCodes: readonly UnknownCode[];
  /** The same message sent again, at another time and under another number, says the same. */
  readonly isRepeatable: boolean;
  /** Only when asked for. */
  readonly trace?: readonly TraceEntry[];
  /** Hash of the mapping and its overlays: names the version in Provenance. */
  readonly mappingVersion: string;
}

/** The resources of a result as whole FHIR resources, as `jingluo map` prints them. */
export type ToResources = (result: MappingResult) => readonly FhirResource[];
