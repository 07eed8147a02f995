import type { FhirResource } from '../../fhir/patch.ts';
import { memberIds, subjectId } from '../member-references.ts';

/**
 * Source records in whose person's document a resource is a fact: those of its subject. A performer or subscriber is
 * in the resource's compartment, but it is no fact about that person; all patients of an Appointment attend it.
 */
export function ownersOf(resource: FhirResource | undefined): readonly string[] {
  if (resource === undefined) return [];
  if (resource.resourceType === 'Appointment') return memberIds(resource);
  const rec = subjectId(resource);
  return rec === undefined ? [] : [rec];
}
