import { createHash } from 'node:crypto';

import { isObject } from '../../fhir/json.ts';
import type { FhirResource, ResourcePatch } from '../../fhir/patch.ts';
import { replaceReferences } from '../../fhir/references.ts';

/** What a reference means: `Type/id`, or undefined where it stands for itself. */
export type NameOf = (reference: string) => string | undefined;

const NOT_ELEMENTS = new Set(['resourceType', 'id']);

/**
 * News of a resource as a FHIR client wrote it.
 * @param nameOf `urn:uuid` names of a transaction's entries and conditional references
 */
export function patchOf(resource: FhirResource, id: string, nameOf: NameOf): ResourcePatch {
  const named = replaceReferences(resource, nameOf);
  const elements = Object.entries(isObject(named) ? named : resource)
    .filter(([name]) => !NOT_ELEMENTS.has(name))
    .map(([name, value]) => [name, { kind: 'value', value } as const] as const);
  return { type: resource.resourceType, id, elements: Object.fromEntries(elements) };
}

/** Type and condition of a conditional reference (`Practitioner?identifier=…`); undefined for any other. */
export function readConditional(reference: string): { readonly type: string; readonly condition: string } | undefined {
  const [, type, condition] = /^([A-Z]\w+)\?(.+)$/.exec(reference) ?? [];
  return type === undefined || condition === undefined ? undefined : { type, condition };
}

/** Under what the journal keeps what a conditional reference meant: the condition itself may name a person. */
export function conditionalHash(reference: string): string {
  return createHash('sha256').update(reference).digest('hex').slice(0, 32);
}
