import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { Message } from '../hl7/message.ts';
import type { MappingResult } from './result.ts';

/** One file of `mappings/` as text; who reads it from disk is not the concern of the language. */
export interface MappingFile {
  /** Path below `mappings/`, with `/`: `base/ADT_A01.yaml`, `structures/ORU_R01.yaml`, `tables/gender.yaml`, `sites/x/ADT_A01.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** What the mapping of one message is told about where it came from; everything else is in the message. */
export interface MappingContext {
  /** Name space of every UUIDv5. */
  readonly installation: string;
  readonly messageId: string;
  readonly channel: string;
  readonly source: string;
  /** Identifier domains that the channel's source declares, by kind of number: `{ MR: 'HOSP01' }`. */
  readonly ids: Readonly<Record<string, string>>;
  /** IANA zone or offset of times without one, after the offset of MSH-7. */
  readonly zone: string;
  readonly receivedAt: Date;
  /** List segments that the channel declares to be snapshots: `AL1`, `DG1`, `IN1`. */
  readonly snapshots: readonly string[];
  /**
   * Asks for what stands in the message alone: resources about itself (MessageHeader, Provenance, the Bundle's number),
   * which the record does not keep (it names the message that each version comes from), and retired patients with
   * their links, which the record makes by its own knowledge.
   */
  readonly envelope?: boolean;
  /** Asks for `MappingResult.trace`; costs nothing when absent. */
  readonly trace?: boolean;
}

/** A compiled mapping of one message structure with its overlays. */
export interface CompiledMapping {
  /** `ADT_A01`. */
  readonly structure: string;
  /** Hash over every file that it was made of. */
  readonly version: string;
  run(message: Message, context: MappingContext): MappingResult;
}

/** All mappings of an installation, compiled once. */
export interface MappingSet {
  /**
   * The mapping of a message, by MSH-9 (the structure by table where MSH-9.3 is absent or wrong) and by site overlay.
   * Fails with `mapping.unknown-event` (place MSH-9) where there is none.
   */
  for(message: Message, site?: string): Result<CompiledMapping, Problem>;
  /** Names of the site overlays. */
  readonly sites: readonly string[];
}

/** Reads, checks and compiles all files; on failure every fault at once with file, line and column. */
export type LoadMappings = (files: readonly MappingFile[]) => Result<MappingSet, readonly Problem[]>;
