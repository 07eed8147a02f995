import type { FhirResource } from '../fhir/patch.ts';
import { isObject } from '../fhir/json.ts';

/** Types whose references to Patients are shown as written (DESIGN section 5). */
const AS_WRITTEN: ReadonlySet<string> = new Set(['AuditEvent', 'Linkage', 'Patient', 'Provenance']);

/** Our own JSON text has no white space, and inside a string each quote is escaped, so this finds references only. */
const REFERENCE = '"reference":"Patient/';
const ID = /^[A-Za-z0-9.-]{1,64}$/;

/**
 * Where the text of a resource refers to a Patient (not to one version of it): start and length of the id, in UTF-16
 * units. Members' compartments are found by them; `showResource` skips the types that are shown as written.
 */
export function findMembers(type: string, text: string): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  if (type === 'Patient') return found;
  for (let at = text.indexOf(REFERENCE); at >= 0; at = text.indexOf(REFERENCE, at + 1)) {
    const start = at + REFERENCE.length;
    const end = text.indexOf('"', start);
    if (ID.test(text.slice(start, end))) found.push([start, end - start]);
  }
  return found;
}

/** Whether references in resources of this type are shown as the lead's. */
export const showsLead = (type: string): boolean => !AS_WRITTEN.has(type);

/** The Patient that a resource is about: the first of `memberIds`. */
export function subjectId(resource: FhirResource): string | undefined {
  const { subject, patient } = resource as Readonly<Record<string, unknown>>;
  const named = subject ?? patient;
  const id = isObject(named) ? patientId(named['reference']) : undefined;
  return id ?? memberIds(resource)[0];
}

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
    for (const name in value) if (typeof value[name] === 'object') collect(value[name], found);
  }
}

/** The id in `Patient/<id>`; undefined for every other reference. */
export function patientId(reference: unknown): string | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('Patient/')) return undefined;
  const id = reference.slice('Patient/'.length);
  return ID.test(id) ? id : undefined;
}
