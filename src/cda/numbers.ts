import type { NaturalKey } from '../fhir/patch.ts';
import { systemOf } from '../mapping/convert/identifiers.ts';
import { compact, type Elements, type Reading } from './reading.ts';
import { attribute, type XmlElement } from './xml.ts';
import { saysNothing } from './values.ts';

/**
 * Numbers of WS/T 500: the root says what kind of number it is, the same in every hospital of the country, and not who
 * gave it. So it is of the domain that the source declares for that kind, like a CX without an authority.
 */
const NATIONAL = '2.16.156.10011.1.';
/** By the last arc of the root: kinds of HL7 table 0203 where it has one. */
const KINDS: Readonly<Record<string, string>> = {
  // Resident identity number.
  '3': 'NI',
  // Numbers of an outpatient visit and of a stay: new ones each time.
  '10': 'VN',
  '11': 'VN',
  '12': 'VN',
  // Number of the medical record.
  '13': 'MR',
  // Health card.
  '19': 'HC',
};
const KIND_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203';
const STAY = '12';
/** The resident identity number of China (GB 11643) is the same whoever reports it. */
const RESIDENT_ID_SYSTEM = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const RESIDENT_ID = /^\d{17}[\dXx]$/u;

/** II of a document, read. */
export interface DocumentNumber {
  readonly value: string;
  /** `''` where the root does not say it. */
  readonly kind: string;
  readonly namespace: string;
  readonly system: string;
  /** Number of a stay, not of an outpatient visit. */
  readonly isStay: boolean;
  /** False for numbers that every hospital may have given to somebody else. */
  readonly isUnique: boolean;
}

/** Reads an II; undefined where it is empty. An II without extension is its root, which is then unique in the world. */
export function readNumber(element: XmlElement | undefined, reading: Reading): DocumentNumber | undefined {
  const root = attribute(element, 'root');
  const value = attribute(element, 'extension');
  if (saysNothing(value)) return rootAlone(root);
  if (!root.startsWith(NATIONAL)) {
    const namespace = reading.namespace(root, '');
    return { value, kind: '', namespace, system: systemOf(namespace), isStay: false, isUnique: root !== '' };
  }
  const arc = root.slice(NATIONAL.length);
  const kind = KINDS[arc] ?? '';
  const namespace = reading.namespace('', kind);
  const system = kind === 'NI' && RESIDENT_ID.test(value) ? RESIDENT_ID_SYSTEM : systemOf(namespace);
  return { value, kind, namespace, system, isStay: arc === STAY, isUnique: false };
}

function rootAlone(root: string): DocumentNumber | undefined {
  const isUuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(root);
  // The root of a number that was left empty is no number itself.
  if (!isUuid && (root.startsWith('2.16.156.10011.') || !/^[0-2](?:\.\d+){5,}$/u.test(root))) return undefined;
  const value = isUuid ? `urn:uuid:${root.toLowerCase()}` : `urn:oid:${root}`;
  const system = 'urn:ietf:rfc:3986';
  return { value, kind: '', namespace: system, system, isStay: false, isUnique: true };
}

/** All numbers of an element's `id`s. */
export const readNumbers = (ids: readonly XmlElement[], reading: Reading): readonly DocumentNumber[] =>
  ids.flatMap((id) => readNumber(id, reading) ?? []);

/** The number as Identifier. */
export function identifierOf({ kind, system, value }: DocumentNumber): Elements {
  return (
    compact({ type: kind === '' ? undefined : { coding: [{ system: KIND_SYSTEM, code: kind }] }, system, value }) ?? {}
  );
}

/** Natural key of what a number names. */
export const keyOf = ({ namespace, value }: DocumentNumber, type: string): NaturalKey => ({
  namespace,
  kind: type,
  value,
});

/** Which number names a patient best: the record's, then one of somebody's own, then card, visit and identity number. */
const PATIENT_ORDER = ['MR', '', 'HC', 'VN', 'NI'];

/** Natural key of a patient; a number without a kind is the record's (as CX without CX-5 is). */
export function patientKey(numbers: readonly DocumentNumber[]): NaturalKey | undefined {
  const [best] = [...numbers].sort((a, b) => PATIENT_ORDER.indexOf(a.kind) - PATIENT_ORDER.indexOf(b.kind));
  return best === undefined ? undefined : { namespace: best.namespace, kind: best.kind || 'MR', value: best.value };
}
