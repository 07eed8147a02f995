import { canonicalType } from '../../convert/registry.ts';
import * as attachments from './attachments.ts';
import * as coded from './coded.ts';
import * as contacts from './contacts.ts';
import type { Converter } from './converter.ts';
import * as identifiers from './identifiers.ts';
import * as names from './names.ts';
import * as quantities from './quantities.ts';
import { referenceWriter, resourceWriter } from './references.ts';
import * as simple from './simple.ts';
import { isVariant, variantOf } from './varies.ts';

type Sources = Readonly<Record<string, Converter>>;

const each = (types: string, converter: Converter): Sources =>
  Object.fromEntries(types.split(' ').map((type) => [type, converter]));

const TEXTS = each('string markdown code id uri url canonical oid uuid literal', simple.toText);
const NUMBERS = each('integer positiveInt unsignedInt decimal literal', simple.toText);
const TIMES = each('date dateTime instant', simple.toTime);

const TEXT: Sources = {
  ...NUMBERS,
  ...TEXTS,
  ...TIMES,
  boolean: simple.toYesNo,
  time: simple.toTimeOfDay,
  CodeableConcept: coded.conceptToText,
  Coding: coded.codingToText,
  Identifier: identifiers.identifierText,
  HumanName: names.nameToText,
  ContactPoint: contacts.contactText,
  Address: contacts.addressText,
  Quantity: quantities.quantityText,
  Annotation: simple.annotationText,
  Attachment: attachments.attachedText,
  'Observation.referenceRange': quantities.referenceRangeText,
};

const CODE: Sources = {
  ...TEXTS,
  ...NUMBERS,
  boolean: simple.toYesNo,
  CodeableConcept: coded.conceptToCode,
  Coding: coded.codingToCode,
};

const NAMES: Sources = { ...TEXTS, ...each('string literal', simple.toText) };

/** HL7 type by FHIR type: how it is written. */
const CONVERTERS: Readonly<Record<string, Sources>> = {
  ST: TEXT,
  TX: TEXT,
  FT: TEXT,
  ID: CODE,
  IS: CODE,
  SI: NUMBERS,
  NM: { ...NUMBERS, Quantity: quantities.toNm },
  DTM: { ...TIMES, literal: simple.toText },
  DT: { ...each('date dateTime instant', simple.toDay), literal: simple.toText },
  TM: { time: simple.toTimeOfDay, literal: simple.toText },
  DR: { Period: simple.toRange },
  CWE: {
    CodeableConcept: coded.conceptToCwe,
    Coding: coded.codingToCwe,
    ...each('code id uri url literal', coded.codeToCwe),
    ...each('string markdown', simple.toCodedText),
    boolean: simple.toYesNo,
    Quantity: quantities.unitToCwe,
    Annotation: simple.annotationText,
  },
  FC: { CodeableConcept: coded.conceptInside },
  DLD: { CodeableConcept: coded.conceptInside },
  CX: { Identifier: identifiers.toCx, ...each('string literal id', simple.toText) },
  EI: { Identifier: identifiers.toEi, ...each('string literal id uri', simple.toText) },
  EIP: { Identifier: identifiers.toEip },
  DLN: { Identifier: identifiers.toDln },
  HD: NAMES,
  FN: TEXTS,
  XPN: { HumanName: names.toXpn, ...each('string literal', simple.toText) },
  XAD: { Address: contacts.toXad },
  XTN: { ContactPoint: contacts.toXtn, ...each('string literal', simple.toText) },
  XON: NAMES,
  PL: NAMES,
  SN: { Quantity: quantities.toSn, Range: quantities.rangeToSn, Ratio: quantities.ratioToSn },
  CQ: { Quantity: quantities.toCq },
  MO: { Money: quantities.toMo },
  CP: { Money: quantities.toCp },
  ED: { Attachment: attachments.toEd },
  RP: { Attachment: attachments.toRp },
};

/** Types that are written like another one. */
const LIKE: Readonly<Record<string, string>> = {
  SimpleQuantity: 'Quantity',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  MoneyQuantity: 'Quantity',
};

/** A FHIR type by the name that converters know it by. */
export const plainType = (type: string): string => LIKE[type] ?? type;

function varying(type: string): Converter | undefined {
  if (!isVariant(type)) return undefined;
  return { write: () => undefined, of: (item) => variantOf(type, item.value)?.converter };
}

/**
 * The way from a FHIR type into an HL7 type; undefined where there is none.
 * @param targets resource types that a Reference may point at
 */
export function findConverter(fhir: string, targets: readonly string[], hl7: string): Converter | undefined {
  const type = plainType(fhir);
  const field = canonicalType(hl7);
  if (field === 'varies') return varying(type);
  const found = Object.hasOwn(CONVERTERS[field] ?? {}, type) ? CONVERTERS[field]?.[type] : undefined;
  if (found !== undefined) return found;
  const write = type === 'Reference' ? referenceWriter(field, targets) : resourceWriter(type, field);
  return write === undefined ? undefined : { write };
}
