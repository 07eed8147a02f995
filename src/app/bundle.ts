import { stringifyFhir } from '../fhir/json.ts';
import type { MappingResult } from '../mapping/result.ts';
import { toBundle } from '../mapping/to-resources.ts';

/** The bundle of a mapped message as text, with the digits of its decimals. */
export function bundleText(result: MappingResult): string {
  return stringifyFhir(toBundle(result));
}
