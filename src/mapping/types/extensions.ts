/** An extension that conversions of data types make, beside those that rules of the mappings name themselves. */
export interface DeclaredExtension {
  readonly url: string;
  /** FHIR type or element that it stands on. */
  readonly on: string;
  /** Type of its value. */
  readonly value: string;
  /** HL7 components that it comes from. */
  readonly from: string;
}

const HL7 = 'http://hl7.org/fhir/StructureDefinition/';
const OWN = 'urn:jingluo:extension:';

/** The extensions of conversions: HL7's own where R4 has one that may stand there, else ours. */
export const EXTENSIONS = {
  addressType: { url: `${OWN}address-type`, on: 'Address', value: 'Coding', from: 'XAD.7' },
  vacationHome: { url: `${HL7}iso21090-AD-use`, on: 'Address', value: 'code', from: 'XAD.7' },
  /** Not iso21090-ADXP-censusTract, which R4 allows on a line only. */
  censusTract: { url: `${OWN}census-tract`, on: 'Address', value: 'string', from: 'XAD.10' },
  phoneCountry: { url: `${HL7}contactpoint-country`, on: 'ContactPoint', value: 'string', from: 'XTN.5' },
  phoneArea: { url: `${HL7}contactpoint-area`, on: 'ContactPoint', value: 'string', from: 'XTN.6' },
  phoneLocal: { url: `${HL7}contactpoint-local`, on: 'ContactPoint', value: 'string', from: 'XTN.7' },
  phoneExtension: { url: `${HL7}contactpoint-extension`, on: 'ContactPoint', value: 'string', from: 'XTN.8' },
  nameRepresentation: {
    url: `${HL7}iso21090-EN-representation`,
    on: 'HumanName',
    value: 'code',
    from: 'XPN.8, XCN.15',
  },
  nameOrder: { url: `${HL7}humanname-assembly-order`, on: 'HumanName', value: 'code', from: 'XPN.11, XCN.18' },
  ownPrefix: { url: `${HL7}humanname-own-prefix`, on: 'HumanName.family', value: 'string', from: 'FN.2' },
  ownName: { url: `${HL7}humanname-own-name`, on: 'HumanName.family', value: 'string', from: 'FN.3' },
  partnerPrefix: { url: `${HL7}humanname-partner-prefix`, on: 'HumanName.family', value: 'string', from: 'FN.4' },
  partnerName: { url: `${HL7}humanname-partner-name`, on: 'HumanName.family', value: 'string', from: 'FN.5' },
  checkDigit: { url: `${HL7}identifier-checkDigit`, on: 'Identifier', value: 'string', from: 'CX.2, XCN.11, XON.4' },
  checkScheme: { url: `${HL7}namingsystem-checkDigit`, on: 'Identifier', value: 'string', from: 'CX.3, XCN.12, XON.5' },
  originalText: { url: `${HL7}originalText`, on: 'Range, Ratio', value: 'string', from: 'SN.1..4' },
  /** Not alternate-codes, which R4 does not have. */
  typeOfData: { url: `${OWN}type-of-data`, on: 'Attachment', value: 'code', from: 'ED.2' },
  performerFunction: {
    url: `${HL7}event-performerFunction`,
    on: 'Reference',
    value: 'CodeableConcept',
    from: '`role(CODE)`',
  },
  organizationNameType: { url: `${OWN}organization-name-type`, on: 'Organization', value: 'Coding', from: 'XON.2' },
} as const satisfies Readonly<Record<string, DeclaredExtension>>;
