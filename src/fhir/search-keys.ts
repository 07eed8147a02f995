import type { FhirResource } from './patch.ts';

/** Range field values by search parameter: `[low, high)` in UTC milliseconds for dates. */
type RangeKeys = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/**
 * What the store indexes of a resource. Exact keys are
 * `Type|code|system|value`, `Type|code||value`, `Type|code|system|` for tokens, `Type|code|Type2/id` for references
 * (separator U+0001), ordered keys `Type|code|folded string` and, for URIs, `Type|code|uri|`. Compartment keys are
 * `@|<source record id>|Type`. Parameters that are answered by others' keys have none (`SearchParameter.indexedAs`).
 */
interface SearchKeys {
  readonly keys: readonly string[];
  readonly ordered: readonly string[];
  readonly ranges: RangeKeys;
}

/** Extracts the search keys of one resource; compiled once per type. `zone` is the IANA zone of zone-less times. */
export type ExtractSearchKeys = (resource: FhirResource, zone: string) => SearchKeys;
