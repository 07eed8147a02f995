import { decimalText, isObject, listOf } from '../../../fhir/json.ts';
import type { RepetitionValue } from '../../../hl7/write-message.ts';
import type { Item } from '../run/item.ts';
import type { Run } from '../run/run.ts';

/** Writes a FHIR value as one repetition of an HL7 type; undefined where it holds nothing that can be written. */
export type Write = (item: Item, run: Run) => RepetitionValue | undefined;

/** A way from a FHIR type to an HL7 type. */
export interface Converter {
  readonly write: Write;
  /** Children that the field says; the whole value where absent. */
  readonly children?: readonly string[];
  /** Where the value decides (OBX-5): the way that this value goes. */
  readonly of?: (item: Item) => Converter | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The text of a primitive; `''` for anything else. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : (decimalText(value) ?? '');
}

/** The elements of a composite value; none for anything else. */
export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** The texts of a list of primitives. */
export const textsOf = (value: unknown): readonly string[] =>
  listOf(value)
    .map(textOf)
    .filter((text) => text !== '');

/** The composite values of a list. */
export const objectsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isObject);

/** Parts of a composite value, or nothing where all of them are empty. */
export function parts(...values: readonly (string | readonly string[])[]): RepetitionValue | undefined {
  const says = values.some((value) => (typeof value === 'string' ? value !== '' : value.some((part) => part !== '')));
  return says ? values : undefined;
}

/** A text, or nothing where it is empty. */
export const orNothing = (text: string): string | undefined => (text === '' ? undefined : text);
