import { FhirDecimal, isObject, parseFhir, stringifyFhir } from '../fhir/json.ts';
import type { FhirResource } from '../fhir/patch.ts';

/** The resource of a row body that we wrote ourselves. */
export function parseResource(text: string): FhirResource {
  return parseFhir(text) as FhirResource;
}

/** The text of a resource as it is stored and served; without white space. */
export function resourceText(resource: FhirResource): string {
  return stringifyFhir(resource);
}

/** Equality of JSON values and Dates; the order of names does not matter, that of lists and the digits of decimals do. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof FhirDecimal) return b instanceof FhirDecimal && a.text === b.text;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
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
