import { isObject, listOf } from '../fhir/json.ts';
import type { FhirResource } from '../fhir/patch.ts';
import type { EventType } from './contract.ts';
import { sameJson } from './json.ts';
import { valueOf } from './value-of.ts';

/** Which events a change of a resource is: `before` absent: created, `after` absent: deleted. */
type Transition = (
  before: FhirResource | undefined,
  after: FhirResource | undefined,
  conceptsOf: (resource: FhirResource) => readonly string[],
) => readonly EventType[];

/** Classes whose stays are admissions and discharges (v3 ActCode); the visits of others only begin and finish. */
const INPATIENT: ReadonlySet<unknown> = new Set(['IMP', 'ACUTE', 'NONAC', 'OBSENC', 'SS']);
const VOID: ReadonlySet<unknown> = new Set(['cancelled', 'entered-in-error']);
const FINAL: ReadonlySet<unknown> = new Set(['final', 'amended', 'corrected', 'appended']);
const CORRECTED: ReadonlySet<unknown> = new Set(['amended', 'corrected']);
const STOPPED: ReadonlySet<unknown> = new Set(['stopped', 'cancelled', 'entered-in-error']);
const OVER: ReadonlySet<unknown> = new Set(['resolved', 'inactive', 'remission']);
const REFUTED: ReadonlySet<unknown> = new Set(['refuted', 'entered-in-error']);

const statusOf = (resource: FhirResource | undefined): unknown => resource?.['status'];

/** What was in force and no longer is: cancelled, entered in error, or deleted. */
function voided(before: FhirResource | undefined, after: FhirResource | undefined): boolean {
  return before !== undefined && !VOID.has(statusOf(before)) && (after === undefined || VOID.has(statusOf(after)));
}

const encounter: Transition = (before, after) => {
  if (voided(before, after)) return ['encounter.cancelled'];
  const was = statusOf(before);
  const is = statusOf(after);
  if (is === 'in-progress') return underWay(before, after);
  if (is !== 'finished' || was === 'finished') return [];
  return isInpatient(after) ? ['encounter.discharged', 'encounter.finished'] : ['encounter.finished'];
};

function underWay(before: FhirResource | undefined, after: FhirResource | undefined): readonly EventType[] {
  const was = statusOf(before);
  const inpatient = isInpatient(after);
  if (was === 'finished') return inpatient ? ['encounter.discharge-cancelled'] : [];
  if (inpatient && (was !== 'in-progress' || !isInpatient(before))) return ['encounter.admitted'];
  return was === 'in-progress' && hasMoved(before, after) ? ['encounter.transferred'] : [];
}

function isInpatient(resource: FhirResource | undefined): boolean {
  const kind = resource?.['class'];
  return isObject(kind) && INPATIENT.has(kind['code']);
}

/** Whether it is at other places than before; where it was, and where it will be, does not count. */
function hasMoved(before: FhirResource | undefined, after: FhirResource | undefined): boolean {
  const [from, to] = [placesOf(before), placesOf(after)];
  return from.length > 0 && to.length > 0 && !sameJson(from, to);
}

const ELSEWHERE: ReadonlySet<unknown> = new Set(['planned', 'reserved', 'completed']);

function placesOf(stay: FhirResource | undefined): readonly unknown[] {
  return listOf(stay?.['location']).flatMap((place) =>
    isObject(place) && !ELSEWHERE.has(place['status']) ? [place['location']] : [],
  );
}

const observation: Transition = (before, after) => {
  if (voided(before, after)) return ['observation.withdrawn'];
  if (after === undefined) return [];
  const was = statusOf(before);
  const is = statusOf(after);
  const newValue = before === undefined || !sameJson(valueOf(before), valueOf(after));
  if (was === is && !newValue) return [];
  if (is === 'preliminary') return ['observation.preliminary'];
  if (CORRECTED.has(is)) return ['observation.corrected'];
  if (is !== 'final') return [];
  // A changed value under an unchanged `final` is a correction whose sender forgot to say so.
  if (FINAL.has(was)) return newValue ? ['observation.corrected'] : [];
  return ['observation.final'];
};

const report: Transition = (before, after) =>
  FINAL.has(statusOf(after)) && !FINAL.has(statusOf(before)) ? ['report.final'] : [];

const procedure: Transition = (before, after) => {
  if (statusOf(after) !== 'completed') return [];
  if (statusOf(before) !== 'completed') return ['procedure.performed'];
  return whenAndWhat(before) === whenAndWhat(after) ? [] : ['procedure.performed'];
};

function whenAndWhat(resource: FhirResource | undefined): string {
  return JSON.stringify([resource?.['code'], resource?.['performedDateTime'], resource?.['performedPeriod']]);
}

const administration: Transition = (before, after) =>
  statusOf(after) === 'completed' && statusOf(before) !== 'completed' ? ['medication.administered'] : [];

const order: Transition = (before, after) => {
  const was = statusOf(before);
  const is = statusOf(after);
  if (is === 'active' && was !== 'active') return ['medication.ordered'];
  const ended = after === undefined || STOPPED.has(is);
  return before !== undefined && ended && !STOPPED.has(was) ? ['medication.stopped'] : [];
};

const appointment: Transition = (before, after) => {
  const was = statusOf(before);
  const is = statusOf(after);
  if (voided(before, after)) return ['appointment.cancelled'];
  if (is === 'noshow') return was === 'noshow' ? [] : ['appointment.noshow'];
  if (ARRIVED.has(is)) return ARRIVED.has(was) ? [] : ['appointment.arrived'];
  if (is !== 'booked') return [];
  if (was !== 'booked') return ['appointment.booked'];
  return appointmentCore(before) === appointmentCore(after) ? [] : ['appointment.changed'];
};

const ARRIVED: ReadonlySet<unknown> = new Set(['checked-in', 'arrived', 'fulfilled']);

function appointmentCore(resource: FhirResource | undefined): string {
  const actors = listOf(resource?.['participant']).map((one) => (isObject(one) ? one['actor'] : undefined));
  return JSON.stringify([resource?.['start'], resource?.['end'], resource?.['serviceType'], actors]);
}

const condition: Transition = (before, after, conceptsOf) => {
  const events: EventType[] = [];
  if (holds(after) && !holds(before)) {
    events.push('condition.recorded');
    if (after !== undefined && conceptsOf(after).includes('pregnancy')) events.push('pregnancy.registered');
    if (after !== undefined && conceptsOf(after).includes('delivery')) events.push('delivery.recorded');
  }
  if (holds(before) && !holds(after)) events.push('condition.resolved');
  return events;
};

function holds(resource: FhirResource | undefined): boolean {
  if (resource === undefined) return false;
  return !OVER.has(codeOf(resource['clinicalStatus'])) && !REFUTED.has(codeOf(resource['verificationStatus']));
}

/** First code of a CodeableConcept. */
function codeOf(concept: unknown): unknown {
  const [coding] = isObject(concept) ? listOf(concept['coding']) : [];
  return isObject(coding) ? coding['code'] : undefined;
}

const procedureAndDelivery: Transition = (before, after, conceptsOf) => {
  const events = procedure(before, after, conceptsOf);
  const delivery = after !== undefined && conceptsOf(after).includes('delivery') && events.length > 0;
  return delivery ? [...events, 'delivery.recorded'] : events;
};

const consent: Transition = (before, after) =>
  refuses(after, before) && !refuses(before, undefined) ? ['consent.withdrawn'] : [];

/** A refusal in force, or a permission that has ended. */
function refuses(resource: FhirResource | undefined, before: FhirResource | undefined): boolean {
  if (resource === undefined) return statusOf(before) === 'active';
  const provision = resource['provision'];
  const denies = isObject(provision) && provision['type'] === 'deny';
  if (statusOf(resource) === 'active') return denies;
  return !denies && (statusOf(resource) === 'inactive' || statusOf(resource) === 'rejected');
}

/** Transitions by resource type; types that are not named have no events. */
export const TRANSITIONS: Readonly<Record<string, Transition>> = {
  Appointment: appointment,
  Condition: condition,
  Consent: consent,
  DiagnosticReport: report,
  Encounter: encounter,
  MedicationAdministration: administration,
  MedicationRequest: order,
  Observation: observation,
  Procedure: procedureAndDelivery,
};
