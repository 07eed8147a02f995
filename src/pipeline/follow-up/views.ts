import type { FhirResource } from '../../fhir/patch.ts';
import type { RecordEvent, RecordReader } from '../../record/contract.ts';
import type { Draft } from '../../store/draft.ts';
import { pregnancyOf } from './pregnancy.ts';
import { without } from '../../triggers/without.ts';

/** A transition as `%event` needs it. */
export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly rec: string;
  readonly ref: string;
  readonly encounter?: string;
}

const DOC_LISTS: Readonly<Record<string, string>> = {
  Encounter: 'encounters',
  Condition: 'conditions',
  Observation: 'observations',
  Procedure: 'procedures',
  CarePlan: 'carePlans',
  MedicationRequest: 'medicationRequests',
  MedicationAdministration: 'medicationAdministrations',
  MedicationStatement: 'medicationStatements',
  AllergyIntolerance: 'allergies',
  Appointment: 'appointments',
  DiagnosticReport: 'reports',
  Immunization: 'immunizations',
  Consent: 'consents',
};
const EVENT_MEMBER: Readonly<Record<string, string>> = { DiagnosticReport: 'report' };

/**
 * `%doc`: a view over the record of a person, holding exactly the types that the plan reads. A result with a
 * comparator has no number here: nothing may be decided by a bound as if it were a value.
 */
export async function docView(
  reader: RecordReader,
  draft: Draft,
  person: { readonly id: string; readonly members: readonly string[] },
  types: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const lists = types.filter((type) => type !== 'Patient');
  const view: Record<string, unknown> = {};
  const found = lists.length === 0 ? [] : await reader.resources(draft, person.members, lists);
  for (const type of lists) {
    const name = DOC_LISTS[type];
    if (name !== undefined) view[name] = found.filter((resource) => resource.resourceType === type).map(withoutBounds);
  }
  if (types.includes('Patient')) view['patient'] = await reader.resource(draft, `Patient/${person.id}`);
  if (types.includes('Condition') && types.includes('Observation')) {
    const pregnancy = pregnancyOf(found);
    if (pregnancy !== undefined) view['pregnancy'] = pregnancy;
  }
  return view;
}

/** `%event`: the resource of the transition under the name of its type, its encounter, and what else the plan reads. */
export async function eventView(
  reader: RecordReader,
  draft: Draft,
  event: EventFacts,
  options: { readonly reads: readonly string[]; readonly before?: FhirResource; readonly after?: FhirResource },
): Promise<Readonly<Record<string, unknown>>> {
  const view: Record<string, unknown> = { id: event.id, type: event.type, at: event.at };
  const resource = options.after ?? (await reader.resource(draft, event.ref)) ?? options.before;
  const [type = ''] = event.ref.split('/');
  if (resource !== undefined) {
    view[EVENT_MEMBER[type] ?? `${type.charAt(0).toLowerCase()}${type.slice(1)}`] = resource;
  }
  const encounter = type === 'Encounter' ? event.ref : event.encounter;
  if (encounter !== undefined && type !== 'Encounter' && options.reads.includes('encounter')) {
    view['encounter'] = await reader.resource(draft, encounter);
  }
  if (options.reads.includes('procedures') && encounter !== undefined) {
    const procedures = await reader.resources(draft, [event.rec], ['Procedure']);
    view['procedures'] = procedures.filter((procedure) => referenceOf(procedure['encounter']) === encounter);
  }
  return view;
}

/** The `reference` of a Reference. */
export function referenceOf(value: unknown): string | undefined {
  return isRecord(value) && typeof value['reference'] === 'string' ? value['reference'] : undefined;
}

/** Narrows to a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON objects of a list. */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function withoutBounds(resource: FhirResource): FhirResource {
  const quantity = resource['valueQuantity'];
  if (!isRecord(quantity) || quantity['comparator'] === undefined) return resource;
  const rest = without(resource, 'valueQuantity');
  return { ...rest, resourceType: resource.resourceType };
}

/** An event as views and rows keep it. */
export function factsOf(event: RecordEvent): EventFacts {
  return {
    id: event.id,
    type: event.type,
    at: event.at.toISOString(),
    rec: event.rec,
    ref: event.ref,
    ...(event.encounter === undefined ? {} : { encounter: event.encounter }),
  };
}
