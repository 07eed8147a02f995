import { isObject, listOf } from '../../fhir/json.ts';
import { codesName } from '../../fhir/local-systems.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { offsetAt } from '../../fhir/zone.ts';
import type { Row } from '../../store/port.ts';
import { creatorOf } from '../note.ts';
import { noteOf, resourceOf } from '../row-values.ts';

/** A resource with where it came from: what every section of the patient document is made of. */
export interface Fact {
  readonly resource: FhirResource;
  /** `Condition/5f`. */
  readonly ref: string;
  readonly source: string;
  /** Newest event time in it, UTC milliseconds. */
  readonly at: number;
  /** Provenance as the document shows it. */
  readonly p: Provenance;
}

/** Source, FHIR resource, day of the source's event. */
export type Provenance = readonly [source: string, ref: string, day: string];

/** Provenances shown of one entry, newest first. */
export const PROVENANCES = 5;

/**
 * The fact in a `resources` row.
 * @param resource the parsed body, where it is at hand
 */
export function factOf(row: Row, zone: string, resource: FhirResource = resourceOf(row)): Fact {
  const note = noteOf(row);
  const source = creatorOf(note);
  const at = note.row[0];
  return {
    resource,
    ref: row.id,
    source,
    at,
    p: [source === '' ? 'DESK' : source, row.id, dayOf(at, zone)],
  };
}

/** Calendar day of an instant in the hospital's zone. */
export function dayOf(at: number, zone: string): string {
  return new Date(at + offsetAt(zone, at)).toISOString().slice(0, 10);
}

/** Characters shown of one text; the whole one is in its resource. */
const CLIP = 1_000;

/** An element that is text (long ones clipped), or the first of a list of texts; undefined for everything else. */
export function text(value: unknown): string | undefined {
  const [first] = listOf(value);
  if (typeof first !== 'string' || first === '') return undefined;
  return first.length > CLIP ? `${first.slice(0, CLIP)}…` : first;
}

/** A FHIR date or dateTime as an instant; undefined where it has no time of day or is none. */
export function instant(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !value.includes('T')) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** First coding of a CodeableConcept (the first of a list of them), `coding` of a user's choice first. */
export function codingOf(value: unknown): { readonly system?: string; readonly code?: string } {
  const [concept] = listOf(value);
  const codings = isObject(concept) ? listOf(concept['coding']) : [];
  const chosen = codings.find((coding) => isObject(coding) && coding['userSelected'] === true) ?? codings[0];
  if (!isObject(chosen)) return {};
  const system = text(chosen['system']);
  const code = text(chosen['code']);
  return { ...(system === undefined ? {} : { system }), ...(code === undefined ? {} : { code }) };
}

/** What a CodeableConcept (the first of a list of them) says to a reader: its text, else a display, else a code. */
export function labelOf(value: unknown): string | undefined {
  const [concept] = listOf(value);
  if (!isObject(concept)) return undefined;
  const codings = listOf(concept['coding']).filter(isObject);
  const display = codings.map((coding) => text(coding['display'])).find((one) => one !== undefined);
  return (
    text(concept['text']) ?? display ?? codings.map((coding) => text(coding['code'])).find((one) => one !== undefined)
  );
}

/** `reference` of a Reference, or of the first of a list of them. */
export function referenceOf(value: unknown): string | undefined {
  return text(pick(value, 'reference'));
}

/** An element of an object by path of names; the first entry of lists. */
export function pick(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    const [first] = listOf(found);
    found = isObject(first) ? first[name] : undefined;
  }
  return found;
}

/** Leaves undefined values out, so that a document never holds them. */
export function compactObject<T extends Readonly<Record<string, unknown>>>(value: T): Defined<T> {
  const defined: Record<string, unknown> = {};
  for (const name in value) if (value[name] !== undefined) defined[name] = value[name];
  return defined as Defined<T>;
}

type Defined<T> = {
  readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

const SYSTEMS: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/sid/icd-10': 'icd10',
  'http://hl7.org/fhir/sid/icd-10-cm': 'icd10cm',
  'http://hl7.org/fhir/sid/icd-9-cm': 'icd9cm',
  'http://loinc.org': 'loinc',
  'http://snomed.info/sct': 'sct',
  'http://www.whocc.no/atc': 'atc',
  'urn:icd10gl': 'icd10-gl',
  'urn:icd9cm3': 'icd9cm3',
};

/** Short name of a coding system, where it has one; else the system itself. */
export function systemName(system: string | undefined): string | undefined {
  return system === undefined ? undefined : (SYSTEMS[system] ?? codesName(system) ?? system);
}
