import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { FhirResource, NaturalKey } from '../../fhir/patch.ts';
import type { MatchCopy } from '../../identity/match-copy.ts';
import type { Draft } from '../../store/draft.ts';
import type { Held, News, PersonView, RecordSettings } from '../contract.ts';
import type { VersionSettings } from '../versions.ts';

/**
 * State of a source record: `retired` by an ADT merge (kept, answers with a link), `deleted` by A29 (410, in no
 * person), else `live`.
 */
export type SourceState = 'live' | 'retired' | 'deleted';

/** A source record: the body of a `sources` row (its note says who set which element). */
export interface SourceRecord {
  readonly id: string;
  /** Absent where a FHIR client gave the id. */
  readonly key?: NaturalKey;
  /** The source that made it known first: whose `matching` applies and whose golden rank it has. */
  readonly source: string;
  /** The Patient as this source knows it; nothing added. */
  readonly patient: FhirResource;
  /** Normalised matching copy of `patient`. */
  readonly copy: MatchCopy;
  readonly state: SourceState;
  /** Record it was merged into, where retired. */
  readonly into?: string;
  /** 1, or 2 and up for later holders of a number that was issued again (G12). */
  readonly generation: number;
  /** From this event time (ISO) on the number belongs to the source record `next`. */
  readonly closed?: { readonly at: string; readonly next: string };
  /** When it became known and its newest event time, ISO. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Message that changed it last. */
  readonly message: string;
  /** By journal sequence: the messages that set what it says now. */
  readonly messages: Readonly<Record<string, string>>;
  /** Its person (its own id where it is deleted). */
  readonly person: string;
}

/** A source record before and after; `before` absent: created. */
export interface SourceChange {
  readonly id: string;
  readonly before?: SourceRecord;
  readonly after: SourceRecord;
}

/** Members of a person before and after, oldest live member first; an empty list: the person is not there. */
export interface PersonChange {
  readonly id: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What identification did, all of it in the draft. */
export interface Identified {
  /** By id of a Patient patch: the source record that it is about (another one after A47, and for later holders, G12). */
  readonly recs: ReadonlyMap<string, string>;
  /** The news with these ids in patches, references and snapshots: what the later stages apply. */
  readonly news: News;
  /** Source records whose Patient, state or person changed. */
  readonly sources: readonly SourceChange[];
  /** Persons whose members changed. */
  readonly persons: readonly PersonChange[];
  /** Ids of every person that may be shown differently now: persons that changed, and persons of changed sources. */
  readonly touched: readonly string[];
  readonly warnings: readonly Problem[];
  /**
   * Whether every Patient was said as it is known already, and would be whenever it came: only who said it last has moved
   * on. Costs a comparison, so it is asked where nothing else changed.
   */
  readonly isRepeat: () => boolean;
}

/**
 * Maps the Patient ids of news through the aliases that A46/A47 left (and notes the aliases of this news); the news
 * itself where there are none.
 */
export type ResolveAliases = (draft: Draft, news: News, settings: RecordSettings) => Promise<News>;

/**
 * From Patient patches and directives to source records, links and persons. On `Held` the draft holds a review and
 * nothing else of this stage: commit it with the journal row.
 */
export type Identify = (draft: Draft, news: News, settings: RecordSettings) => Promise<Result<Identified, Held>>;

/** Golden ranks, versions and cause of what `showPatients` writes. */
export interface ShowSettings extends RecordSettings, VersionSettings {}

/** One way of joining two source records, as `person explain` shows it. */
export interface LinkView {
  readonly a: string;
  readonly b: string;
  /** `link` joins, `review` waits for a clerk, `apart` is known to be two people. */
  readonly verdict: 'link' | 'review' | 'apart';
  readonly by: 'clerk' | 'adt' | 'auto';
  /** `merge`, `link`, `identifier`, `accession`, `id-number`, … */
  readonly rules: readonly string[];
  /** G1 … G12 of the matching rules (docs/architecture.md). */
  readonly guards: readonly string[];
  /** Agreement per field: `name: equal`, `birth: one-edit`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly at: string;
  readonly message?: string;
  /** False where the cluster rules keep the two apart all the same. */
  readonly joined: boolean;
}

/** A person with everything that holds it together or keeps others out. */
export interface PersonExplained extends PersonView {
  readonly sources: readonly SourceRecord[];
  readonly links: readonly LinkView[];
}

/** What a clerk's or administrator's action is done by. */
export interface Actor {
  readonly user: string;
  readonly reason?: string;
  /** Second person who has confirmed a merge of two persons with clinical data. */
  readonly confirmedBy?: string;
}

/** What a human operation changed; show, documents and events follow as for a message. */
export interface OperationDone {
  readonly sources: readonly SourceChange[];
  readonly persons: readonly PersonChange[];
  readonly touched: readonly string[];
  /** Cause for versions: the assertion's id. */
  readonly cause: string;
  /** Messages that were held for this decision and may run now. */
  readonly release: readonly string[];
  /** Nothing has changed yet: a second person must say the same. */
  readonly pending?: Problem;
}
