import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { FhirResource, IdentityDirective, ResourcePatch, Snapshot } from '../fhir/patch.ts';
import type { Draft } from '../store/draft.ts';

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
  /** sha256 over type, resource and version: the same transition has the same id. */
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
}

/** A message that must wait for a person (`record.patient-changed`, G12); its journal row becomes `held`. */
export interface Held {
  readonly held: Problem;
  /** The review that was put in the draft, if any. */
  readonly review?: string;
}

/**
 * Applies the news of one message to the record: identify, resources with versions, persons, patient documents and
 * events, as puts of `draft`. The caller commits (with the journal row and what triggers decide) or throws it away.
 */
export interface RecordWriter {
  apply(draft: Draft, news: News): Promise<Result<Applied, Held>>;
}
