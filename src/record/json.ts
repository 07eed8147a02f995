import type { FhirResource } from '../fhir/patch.ts';

/** The resource of a row body that we wrote ourselves. */
export function parseResource(text: string): FhirResource {
  return JSON.parse(text) as FhirResource;
}

/** The text of a resource as it is stored and served. */
export function resourceText(resource: FhirResource): string {
  return JSON.stringify(resource);
}

/** Narrows a value of a resource to an object with named elements. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Equality of JSON values; the order of names does not matter, the order of lists does. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameList(a, b);
  return isObject(a) && isObject(b) && sameObject(a, b);
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((entry, index) => sameJson(entry, b[index]));
}

function sameObject(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}
