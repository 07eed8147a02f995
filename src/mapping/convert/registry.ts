import { typeName } from '../types/fhir-model.ts';
import * as addresses from './addresses.ts';
import * as attachments from './attachments.ts';
import * as coded from './coded.ts';
import * as contacts from './contacts.ts';
import type { Converter } from './converting.ts';
import { eventToCoding, eventToText } from './events.ts';
import * as facilities from './facilities.ts';
import * as identifiers from './identifiers.ts';
import { conceptToDevice } from './instruments.ts';
import * as locations from './locations.ts';
import * as names from './names.ts';
import { toDevice, toSpecimen } from './numbered.ts';
import { organizationText, toOrganizationNumber } from './organization-numbers.ts';
import { practitionerNumber } from './practitioner-numbers.ts';
import { activityPractitioner, activityRole } from './practitioner-roles.ts';
import * as quantities from './quantities.ts';
import * as references from './references.ts';
import * as simple from './simple.ts';
import * as times from './times.ts';
import { toTiming } from './timings.ts';
import { rangeText, toSampledData } from './vectors.ts';

type Targets = Readonly<Record<string, Converter>>;

const TEXTS: Targets = {
  string: simple.toText,
  markdown: simple.toText,
  code: simple.toCode,
  id: simple.toId,
  uri: identifiers.toUri,
  url: identifiers.toUri,
  canonical: identifiers.toUri,
  Annotation: simple.toAnnotation,
  CodeableConcept: coded.textToConcept,
  Identifier: identifiers.toIdentifier,
  Reference: references.toDisplay,
};

const CODES: Targets = {
  ...TEXTS,
  CodeableConcept: coded.codeToConcept,
  Coding: coded.codeToCoding,
  boolean: simple.toBoolean,
  Address: simple.toCountry,
};

const CONCEPT: Targets = {
  CodeableConcept: coded.toConcept,
  Coding: coded.toCoding,
  code: coded.conceptCode,
  string: coded.conceptText,
  markdown: coded.conceptText,
  boolean: simple.toBoolean,
  uri: identifiers.conceptToUri,
  Quantity: quantities.conceptToUnit,
  Annotation: coded.conceptToAnnotation,
  Identifier: identifiers.conceptToIdentifier,
  'Reference(Organization)': references.conceptToOrganization,
  'Reference(Device)': conceptToDevice,
  Reference: references.toDisplay,
};

const TIME: Targets = {
  dateTime: times.toDateTime,
  date: times.toDate,
  instant: times.toInstant,
  Period: times.toStart,
  string: simple.toText,
};

const NUMBER: Targets = {
  Quantity: quantities.numberToQuantity,
  SimpleQuantity: quantities.numberToSimple,
  integer: simple.toInteger,
  positiveInt: simple.toPositiveInt,
  unsignedInt: simple.toUnsignedInt,
  decimal: quantities.toDecimal,
  string: simple.toText,
};

const PERSON: Targets = {
  'Reference(Practitioner)': references.toPractitioner,
  HumanName: names.professionalName,
  string: names.professionalToText,
  Identifier: references.toPersonNumber,
};

/** HL7 type by HL7 type: into which FHIR types it goes; the first that an element allows is taken for a choice. */
const CONVERTERS: Readonly<Record<string, Targets>> = {
  ST: TEXTS,
  TX: TEXTS,
  FT: TEXTS,
  varies: { string: simple.toText, markdown: simple.toText },
  ID: CODES,
  IS: CODES,
  SI: { ...NUMBER, ...CODES },
  NM: NUMBER,
  DTM: TIME,
  DT: TIME,
  TM: { time: times.toTime, string: simple.toText },
  RPT: { Timing: toTiming },
  TQ: { Timing: toTiming },
  RI: { Timing: toTiming },
  DR: { Period: times.toPeriod, dateTime: times.rangeStart },
  CWE: CONCEPT,
  CF: CONCEPT,
  CX: { Identifier: identifiers.toIdentifier, string: simple.toText },
  EI: {
    Identifier: identifiers.toIdentifier,
    string: simple.toText,
    uri: identifiers.toUri,
    Coding: identifiers.toCoding,
    'Reference(Device)': toDevice,
  },
  EIP: { Identifier: identifiers.pairToIdentifiers, 'Reference(Specimen)': toSpecimen },
  DLN: { Identifier: identifiers.licenceToIdentifier },
  PLN: { Identifier: practitionerNumber },
  NDL: { 'Reference(PractitionerRole)': activityRole, 'Reference(Practitioner)': activityPractitioner },
  MSG: { Coding: eventToCoding, string: eventToText },
  HD: {
    string: identifiers.hdToText,
    uri: identifiers.hdToUri,
    url: identifiers.hdToUri,
    Identifier: facilities.hdToIdentifier,
    'Reference(Organization)': facilities.facilityToOrganization,
    'Reference(Location)': facilities.facilityToLocation,
    'Reference(Device)': facilities.applicationToDevice,
    Reference: facilities.applicationToDevice,
  },
  XPN: { HumanName: names.toHumanNames, string: names.nameToText },
  XCN: PERSON,
  CN: PERSON,
  CNN: PERSON,
  XON: {
    'Reference(Organization)': references.toOrganization,
    'Reference(Location)': references.organizationToLocation,
    string: organizationText,
    Identifier: toOrganizationNumber,
  },
  XAD: { Address: addresses.toAddress, string: addresses.addressToText },
  SAD: { Address: addresses.streetToAddress, string: simple.toText },
  XTN: { ContactPoint: contacts.toContactPoint, string: simple.toText },
  TN: { ContactPoint: contacts.toContactPoint, string: simple.toText },
  PL: {
    'Reference(Location)': locations.toLocation,
    Identifier: locations.placeIdentifier,
    string: locations.placeToText,
  },
  OG: { string: simple.toText },
  SN: {
    Quantity: quantities.snToQuantity,
    Range: quantities.snToRange,
    Ratio: quantities.snToRatio,
    string: quantities.joined,
  },
  CQ: {
    Quantity: quantities.cqToQuantity,
    SimpleQuantity: quantities.cqToSimple,
    Duration: quantities.cqToDuration,
    decimal: quantities.cqToDecimal,
    code: quantities.cqToCode,
    unsignedInt: quantities.cqToMinutes,
    string: quantities.joined,
  },
  MO: { Money: quantities.toMoney, string: quantities.joined },
  CP: { Money: quantities.toMoney, string: quantities.joined },
  MOC: { Money: quantities.toMoney },
  NR: { Range: quantities.nrToRange },
  NA: { SampledData: toSampledData },
  VR: { string: rangeText },
  ED: { Attachment: attachments.embeddedToAttachment },
  RP: {
    Attachment: attachments.pointerToAttachment,
    string: attachments.pointerToText,
    uri: attachments.pointerToText,
  },
  DLD: { CodeableConcept: coded.firstToConcept, string: simple.toText },
  FC: { CodeableConcept: coded.firstToConcept, string: simple.toText },
};

/** Names that older versions of the standard use for a type. */
const ALIASES: Readonly<Record<string, string>> = {
  CE: 'CWE',
  CNE: 'CWE',
  CK: 'CX',
  PN: 'XPN',
  AD: 'XAD',
  TS: 'DTM',
  CM: 'ST',
};

/** A type by its present name: `CWE` for `CE`. */
export const canonicalType = (type: string): string => ALIASES[type] ?? type;

/** A conversion that was found. */
export interface Conversion {
  /** FHIR type without targets: `Reference`. */
  readonly type: string;
  readonly convert: Converter;
}

/** The conversion from an HL7 type into the first type of a list that it can go to, in the order the HL7 type prefers. */
export function findConversion(hl7Type: string, fhirTypes: readonly string[]): Conversion | undefined {
  const targets = CONVERTERS[canonicalType(hl7Type)];
  if (targets === undefined) return undefined;
  if (fhirTypes.length === 1) {
    const [only = ''] = fhirTypes;
    const convert = targets[only] ?? targets[typeName(only)];
    return convert === undefined ? undefined : { type: typeName(only), convert };
  }
  for (const [type, convert] of Object.entries(targets)) {
    if (fhirTypes.some((allowed) => allowed === type || typeName(allowed) === type))
      return { type: typeName(type), convert };
  }
  return undefined;
}

/** True for an HL7 type that conversions know. */
export const isConvertible = (hl7Type: string): boolean => CONVERTERS[canonicalType(hl7Type)] !== undefined;
