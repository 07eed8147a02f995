import { sha256 } from '../core/ids.ts';
import { isObject, listOf } from '../fhir/json.ts';
import type { FhirResource } from '../fhir/patch.ts';
import type { EventType, RecordEvent, ResourceChange } from './contract.ts';
import { TRANSITIONS } from './transitions.ts';

/** 128 bits are enough to tell events apart. */
const eventId = (...parts: readonly string[]): string => sha256(...parts).slice(0, 32);

/** When, by which message and to whom the changes happened. */
export interface EventFacts {
  readonly at: Date;
  readonly message: string;
  /** Person of a source record as the draft leaves it. */
  readonly personOf: (rec: string) => string;
  /** Concepts that a resource states. */
  readonly conceptsOf: (resource: FhirResource) => readonly string[];
}

/**
 * The state transitions that a change of a resource is. News that changed nothing, or that was too late to move a
 * state, makes no change and so no event. Ids follow from type, resource and version: the same transition has the same id.
 */
export function eventsOf(change: ResourceChange, facts: EventFacts): readonly RecordEvent[] {
  const { type, id, rec, before, after, version, values = 1 } = change;
  const transition = TRANSITIONS[type];
  if (transition === undefined || rec === undefined) return [];
  const ref = `${type}/${id}`;
  const encounter = encounterOf(after ?? before);
  return transition(before, after, facts.conceptsOf).map((event) => ({
    id: eventId(event, ref, String(version)),
    type: event,
    at: facts.at,
    rec,
    person: facts.personOf(rec),
    ref,
    ...(encounter === undefined ? {} : { encounter }),
    change: values,
    message: facts.message,
  }));
}

/** A source record before and after, as far as events ask. */
export interface PatientChange {
  readonly id: string;
  readonly before?: FhirResource;
  readonly after: FhirResource;
}

/** `patient.*`: judged on what the source itself knows, so that a merge does not register or bury anyone. */
export function patientEvents(change: PatientChange, facts: EventFacts): readonly RecordEvent[] {
  const { id, before, after } = change;
  const types: EventType[] = [];
  if (before === undefined) types.push('patient.registered');
  else if (JSON.stringify(before) !== JSON.stringify(after)) types.push('patient.updated');
  if (isDeceased(after) && !isDeceased(before)) types.push('patient.deceased');
  return types.map((type) => ({
    id: eventId(type, `Patient/${id}`, facts.message),
    type,
    at: facts.at,
    rec: id,
    person: facts.personOf(id),
    ref: `Patient/${id}`,
    change: 1,
    message: facts.message,
  }));
}

/** `person.merged` where members joined, `person.split` where members left a person that goes on. */
export function personEvents(
  person: { readonly id: string; readonly before: readonly string[]; readonly after: readonly string[] },
  facts: EventFacts,
): readonly RecordEvent[] {
  const { id, before, after } = person;
  if (after.length === 0) return [];
  const types: EventType[] = [];
  if (after.length > 1 && after.some((rec) => !before.includes(rec))) types.push('person.merged');
  if (before.some((rec) => !after.includes(rec))) types.push('person.split');
  return types.map((type) => ({
    id: eventId(type, id, facts.message, ...[...after].sort()),
    type,
    at: facts.at,
    rec: id,
    person: id,
    ref: `Patient/${id}`,
    change: 1,
    message: facts.message,
  }));
}

function isDeceased(patient: FhirResource | undefined): boolean {
  if (patient === undefined) return false;
  return patient['deceasedBoolean'] === true || typeof patient['deceasedDateTime'] === 'string';
}

function encounterOf(resource: FhirResource | undefined): string | undefined {
  if (resource === undefined) return undefined;
  const { id } = resource as { readonly id?: unknown };
  if (resource.resourceType === 'Encounter') return typeof id === 'string' ? `Encounter/${id}` : undefined;
  const [named] = listOf(resource['encounter'] ?? resource['context']);
  const reference = isObject(named) ? named['reference'] : undefined;
  return typeof reference === 'string' && reference.startsWith('Encounter/') ? reference : undefined;
}
