import { attachedText, isPlainText, toEd, toRp } from './attachments.ts';
import { codeToCwe, codingToCwe, conceptToCwe } from './coded.ts';
import { fieldsOf, textOf, type Converter } from './converter.ts';
import { quantityText, rangeToSn, ratioToSn, toNm, toSn } from './quantities.ts';
import { toRange, toText, toTime, toTimeOfDay, toYesNo } from './simple.ts';

/** An HL7 type for OBX-2 with the way into it. */
interface Variant {
  readonly hl7: string;
  readonly converter: Converter;
}

const variant = (hl7: string, converter: Converter): (() => Variant) => {
  const made = { hl7, converter };
  return () => made;
};

const number = variant('NM', toNm);
const text = variant('ST', toText);
const lines = variant('TX', toText);
const time = variant('DTM', toTime);
const structured = variant('SN', toSn);
const embedded = variant('ED', toEd);
const pointed = variant('RP', toRp);
const attached = variant('TX', attachedText);
const plainNumber = variant('NM', toText);
const range = variant('SN', rangeToSn);
const rangeText = variant('ST', quantityText);

function ofText(value: unknown): Variant {
  return textOf(value).includes('\n') ? lines() : text();
}

function ofAttachment(value: unknown): Variant {
  if (isPlainText(value)) return attached();
  return textOf(fieldsOf(value)['data']) === '' ? pointed() : embedded();
}

/** FHIR types that OBX-5 can hold, and the type that OBX-2 names for a value. */
const VARIANTS: Readonly<Record<string, (value: unknown) => Variant>> = {
  Quantity: (value) => (textOf(fieldsOf(value)['comparator']) === '' ? number() : structured()),
  CodeableConcept: variant('CWE', conceptToCwe),
  Coding: variant('CWE', codingToCwe),
  code: variant('CWE', codeToCwe),
  string: ofText,
  markdown: ofText,
  literal: ofText,
  boolean: variant('ID', toYesNo),
  integer: plainNumber,
  decimal: plainNumber,
  dateTime: time,
  date: time,
  instant: time,
  time: variant('TM', toTimeOfDay),
  Period: variant('DR', toRange),
  Range: (value) =>
    fieldsOf(value)['low'] === undefined && fieldsOf(value)['high'] === undefined ? rangeText() : range(),
  Ratio: variant('SN', ratioToSn),
  Attachment: ofAttachment,
};

/** Whether OBX-5 can hold a FHIR type. */
export const isVariant = (type: string): boolean => VARIANTS[type] !== undefined;

/** The HL7 type that a value is written in, for OBX-2; undefined for a type that OBX-5 cannot hold. */
export const variantOf = (type: string, value: unknown): Variant | undefined => VARIANTS[type]?.(value);
