import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { FhirResource, IdentityDirective, ResourcePatch, Snapshot } from '../fhir/patch.ts';
import type { Draft } from '../store/draft.ts';
import type { Expectation, Query } from '../store/port.ts';
import type { Note } from './note.ts';

/** Everything one message says, with when and by whom: the input of the record. */
export interface News {
  readonly message: string;
  readonly channel: string;
  readonly source: string;
  /** Event time (EVN-2, else MSH-7, else arrival), clamped to 10 minutes after receipt. */
  readonly at: Date;
  /** Journal sequence: breaks ties of `at`. */
  readonly sequence: number;
  readonly receivedAt: Date;
  readonly mappingVersion: string;
  readonly patches: readonly ResourcePatch[];
  readonly directives: readonly IdentityDirective[];
  readonly snapshots: readonly Snapshot[];
  /** Resources that a client deletes at the endpoint. */
  readonly deletes?: readonly { readonly type: string; readonly id: string }[];
  /** Replay: what this message alone made before and no longer makes is deleted. */
  readonly replay?: boolean;
  /** REST writes at the endpoint: the request is the newest news and ids are the client's. */
  readonly rest?: boolean;
}

/** Types of events, as plans name them (schema: `config/schemas/plan.schema.json`). */
export type EventType =
  | 'encounter.admitted'
  | 'encounter.discharged'
  | 'encounter.cancelled'
  | 'encounter.finished'
  | 'encounter.transferred'
  | 'encounter.discharge-cancelled'
  | 'procedure.performed'
  | 'medication.administered'
  | 'medication.ordered'
  | 'medication.stopped'
  | 'observation.preliminary'
  | 'observation.final'
  | 'observation.corrected'
  | 'observation.withdrawn'
  | 'report.final'
  | 'appointment.booked'
  | 'appointment.changed'
  | 'appointment.cancelled'
  | 'appointment.noshow'
  | 'appointment.arrived'
  | 'patient.registered'
  | 'patient.updated'
  | 'patient.deceased'
  | 'person.merged'
  | 'person.split'
  | 'pregnancy.registered'
  | 'delivery.recorded'
  | 'consent.withdrawn'
  | 'condition.recorded'
  | 'condition.resolved';

/** A state transition of the record. */
export interface RecordEvent {
  /** Hash over type, resource and version (32 hex digits): the same transition has the same id. */
  readonly id: string;
  readonly type: EventType;
  readonly at: Date;
  /** Source record it happened to, and its person at that time. */
  readonly rec: string;
  readonly person: string;
  /** `Encounter/<id>`: the resource whose transition it is. */
  readonly ref: string;
  /** Encounter the resource belongs to, as `Encounter/<id>`. */
  readonly encounter?: string;
  /** How often the value (not the status) of the resource has changed, from 1: the number of an `on:` step. */
  readonly change: number;
  readonly message: string;
}

/** A resource before and after; `before` absent: created, `after` absent: deleted. */
export interface ResourceChange {
  readonly type: string;
  readonly id: string;
  /** Source record of its patient, where it has one. */
  readonly rec?: string;
  readonly before?: FhirResource;
  readonly after?: FhirResource;
  /** Version that is shown now. */
  readonly version: number;
  /** How often its value (not its status) has changed, from 1; absent for a deletion. */
  readonly values?: number;
}

/** What applying news did, all of it still in the draft. */
export interface Applied {
  readonly changes: readonly ResourceChange[];
  readonly events: readonly RecordEvent[];
  /** Persons whose members changed: before and after, by person id. */
  readonly persons: readonly {
    readonly id: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
  }[];
  readonly warnings: readonly Problem[];
  /** Present where the news said only what the record held already. */
  readonly repeat?: Repeat;
}

/** A message that must wait for a person (`record.patient-changed`, G12); its journal row becomes `held`. */
export interface Held {
  readonly held: Problem;
  /** The review that was put in the draft, if any. */
  readonly review?: string;
}

/** What a source is configured to be (`sources:` of the configuration). */
interface SourceSettings {
  /** Namespaces that it alone may change; empty: none. */
  readonly owns: readonly string[];
  /** Lower is preferred for golden values. */
  readonly rank: number;
  /** Whether its records are linked by rule, only proposed for review, or never matched. */
  readonly matching: 'auto' | 'review' | 'off';
}

/** What the record needs to know; pure values and functions, no I/O beside the draft. */
export interface RecordSettings {
  readonly installation: string;
  /** IANA zone of the hospital: of times without zone, and of calendar days. */
  readonly zone: string;
  /** By source name; a source that is not named owns nothing, has rank 100 and matching `auto`. */
  readonly sources: Readonly<Record<string, SourceSettings>>;
  readonly newId: () => string;
}

/** A person as the draft leaves it. */
export interface PersonView {
  /** Id of the lead. */
  readonly id: string;
  /** Ids of the members (source records), the lead included. */
  readonly members: readonly string[];
}

/** Reads of the record through a draft, so that a decision sees what the same commit is about to write. */
export interface RecordReader {
  /** The person of a source record; undefined where the id is unknown. */
  person(draft: Draft, rec: string): Promise<PersonView | undefined>;
  /** Current resources of these types in the compartments of the members. */
  resources(draft: Draft, members: readonly string[], types: readonly string[]): Promise<readonly FhirResource[]>;
  /** One current resource by `Type/id`. */
  resource(draft: Draft, ref: string): Promise<FhirResource | undefined>;
}

/** A resource that the engine itself makes (Task, Flag, CarePlan, Communication): versioned, searchable, of source `DESK`. */
interface OwnResource {
  readonly resource: FhirResource;
  /** Source record whose compartment it is in. */
  readonly rec?: string;
  readonly at: Date;
  /** Message or action that caused it: becomes `meta.source`. */
  readonly cause: string;
}

/** A search that went into a decision, and the number of rows that it found. */
export interface Searched {
  readonly query: Query;
  readonly count: number;
}

/**
 * What news did that said only what the record held already: beside the moment up to which source records are known, it
 * changed nothing, and it would have done the same whenever it came.
 */
export interface Repeat {
  /** Rows that this rests on, with the revs that they have then. */
  readonly basis: readonly Expectation[];
  /** What was searched in `resources` for it, and how much was found; each row of it is in `basis`. */
  readonly searches: readonly Searched[];
  /** Source records whose notes were written, with the revs that they have by it. */
  readonly sources: readonly { readonly id: string; readonly rev: number; readonly note: Note }[];
  /** Event time and sequence of the news. */
  readonly at: Date;
  readonly sequence: number;
}

/** Writes engine-made resources into the draft; unchanged content makes no version. */
export type PutOwn = (draft: Draft, own: OwnResource) => Promise<ResourceChange | undefined>;

/**
 * Applies the news of one message to the record: identify, resources with versions, persons, patient documents and
 * events, as puts of `draft`. The caller commits (with the journal row and what triggers decide) or throws it away.
 */
export interface RecordWriter {
  apply(draft: Draft, news: News): Promise<Result<Applied, Held>>;
  /**
   * Applies news of which an earlier message has said the same, word by word, as far as that holds still: the rows that
   * it rested on are as they were, and it is newer. Undefined where it does not, with nothing in the draft.
   */
  again(draft: Draft, repeat: Repeat, news: Pick<News, 'at' | 'sequence'>): Promise<Repeat | undefined>;
}
