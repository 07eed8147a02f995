/** A resource as plain JSON. Decimals whose digits matter are kept by the JSON text, see `src/fhir/json.ts`. */
export type FhirResource = Readonly<Record<string, unknown>> & { readonly resourceType: string };

/** The natural key of a resource: what it is called where it comes from. */
export interface NaturalKey {
  /** Who assigned it (DESIGN: namespace); never empty. */
  readonly namespace: string;
  /** Kind of number (CX-5 for a Patient), or the resource type where there is none. */
  readonly kind: string;
  readonly value: string;
}

/**
 * News about one top-level element.
 * - `value`: present, replaced whole; of the children in `keep` those that the value lacks stay as they are known (an end
 *   of a Period whose start another message gave). A value that is empty then is no element.
 * - `delete`: the source said `""`.
 * - `entries`: a list filled from several fields; each unit (`PID-13`, for PID-3 `PID-3|namespace|kind`) replaces only
 *   its own entries; an empty list deletes them; units that are not named stay.
 */
export type ElementNews =
  | { readonly kind: 'value'; readonly value: unknown; readonly keep?: readonly string[] }
  | { readonly kind: 'delete' }
  | { readonly kind: 'entries'; readonly units: Readonly<Record<string, readonly unknown[]>> };

/** What one message says about one resource: absent elements are unchanged. */
export interface ResourcePatch {
  readonly type: string;
  readonly id: string;
  /** Absent where the mapping found no key: the id is then scoped to the message. */
  readonly key?: NaturalKey;
  readonly elements: Readonly<Record<string, ElementNews>>;
  /**
   * Units of `extension` that the message has given something new for (the field they are of is populated): entries of
   * those that are not among its news are of an older value and go. Absent where there is none.
   */
  readonly settled?: readonly string[];
  /** True for a REST PUT: elements that are not named are removed. */
  readonly replace?: boolean;
  /** True when the resource is only made known as a reference target (a Practitioner in an order): it never empties or overrides what a fuller message said. */
  readonly stub?: boolean;
}

/** Facts about identifiers and ownership that a message states beside its resources; patients are named by their Patient patch ids. */
export type IdentityDirective =
  | { readonly kind: 'merge'; readonly survivor: NaturalKey; readonly retired: NaturalKey }
  | { readonly kind: 'link' | 'unlink'; readonly a: NaturalKey; readonly b: NaturalKey }
  | { readonly kind: 'change-identifier'; readonly from: NaturalKey; readonly to: NaturalKey }
  | { readonly kind: 'move-identifier'; readonly identifier: NaturalKey; readonly to: NaturalKey }
  | {
      readonly kind: 'move-resource';
      readonly type: 'Account' | 'Encounter';
      readonly key: NaturalKey;
      readonly to: NaturalKey;
    }
  | {
      /** Of one account or visit: two numbers of which one was wrong (merge), or an old one and its new one (change). */
      readonly kind: 'merge-resource' | 'change-resource';
      readonly type: 'Account' | 'Encounter';
      readonly retired: NaturalKey;
      readonly survivor: NaturalKey;
    }
  | { readonly kind: 'delete'; readonly patient: NaturalKey };

/** A list segment that the channel declares to be the full list: resources of these types, source and encounter that are not among `present` have ended. */
export interface Snapshot {
  readonly type: 'AllergyIntolerance' | 'Condition' | 'Coverage';
  /** Id of the Patient patch it belongs to. */
  readonly patient: string;
  /** Id of the Encounter it is limited to (DG1). */
  readonly encounter?: string;
  readonly present: readonly string[];
}
