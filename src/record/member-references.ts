import type { FhirResource } from '../fhir/patch.ts';
import { isObject } from '../fhir/json.ts';

/** Types whose references to Patients are shown as written (DESIGN section 5). */
const AS_WRITTEN: ReadonlySet<string> = new Set(['AuditEvent', 'Linkage', 'Patient', 'Provenance']);

/** Our own JSON text has no white space, and inside a string each quote is escaped, so this finds references only. */
const REFERENCE = /"reference":"Patient\/([A-Za-z0-9.-]{1,64})"/g;
const PREFIX = '"reference":"Patient/'.length;

/**
 * Where the text of a resource refers to a Patient (not to one version of it): start and length of the id, in UTF-16
 * units. Members' compartments are found by them; `showResource` skips the types that are shown as written.
 */
export function findMembers(type: string, text: string): readonly (readonly [number, number])[] {
  if (type === 'Patient' || !text.includes('"Patient/')) return [];
  return Array.from(text.matchAll(REFERENCE), (match) => [match.index + PREFIX, (match[1] ?? '').length] as const);
}

/** Whether references in resources of this type are shown as the lead's. */
export const showsLead = (type: string): boolean => !AS_WRITTEN.has(type);

/** Ids of the Patients that a resource refers to, its subject first. */
export function memberIds(resource: FhirResource): readonly string[] {
  const { subject, patient, beneficiary } = resource as Readonly<Record<string, unknown>>;
  const found = new Set<string>();
  for (const first of [subject, patient, beneficiary]) collect(first, found);
  if (resource.resourceType !== 'Patient') collect(resource, found);
  return [...found];
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const entry of value) collect(entry, found);
  else if (isObject(value)) {
    const id = patientId(value['reference']);
    if (id !== undefined) found.add(id);
    for (const part of Object.values(value)) if (typeof part === 'object') collect(part, found);
  }
}

/** The id in `Patient/<id>`; undefined for every other reference. */
export function patientId(reference: unknown): string | undefined {
  return typeof reference === 'string' ? /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1] : undefined;
}
