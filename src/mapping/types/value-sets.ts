import { VALUE_SETS } from '../../fhir/definitions/value-sets.ts';
import { isObject } from '../../fhir/json.ts';

let all: Readonly<Record<string, unknown>> | undefined;
const cache = new Map<string, ReadonlySet<string>>();

function read(): Readonly<Record<string, unknown>> {
  if (all !== undefined) return all;
  const parsed: unknown = JSON.parse(VALUE_SETS);
  return (all = isObject(parsed) ? parsed : {});
}

/** Codes of a required value set; undefined where it is not known by its codes. */
export function codesOf(valueSet: string): ReadonlySet<string> | undefined {
  const known = cache.get(valueSet);
  if (known !== undefined) return known;
  const systems = read()[valueSet];
  if (!isObject(systems)) return undefined;
  const codes = Object.values(systems).flatMap((list) => (typeof list === 'string' ? list.split(' ') : []));
  if (codes.length === 0) return undefined;
  const set = new Set(codes);
  cache.set(valueSet, set);
  return set;
}
