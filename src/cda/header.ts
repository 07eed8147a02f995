import type { NaturalKey } from '../fhir/patch.ts';
import { identifierOf, keyOf, patientKey, readNumber, readNumbers, type DocumentNumber } from './numbers.ts';
import { organization, practitioner } from './people.ts';
import { compact, present, Units, type Elements, type Reading, type Reference } from './reading.ts';
import { address, concept, contact, conceptText, gender, humanName, timing } from './values.ts';
import { attribute, child, childrenOf, elementsIn, textOf, type XmlElement } from './xml.ts';

/** Of whom and of which stay a document speaks. */
export interface About {
  readonly patient: Reference;
  readonly patientKey: NaturalKey;
  readonly encounter?: Reference;
  readonly encounterKey?: NaturalKey;
}

const ETHNIC_GROUP = 'urn:jingluo:extension:ethnic-group';

/** Telecoms by the field of HL7 v2 that says the same, so that the two do not stand beside each other. */
function contacts(role: XmlElement | undefined): Units {
  const found = present(childrenOf(role, 'telecom').map(contact));
  const isWork = ({ use }: Elements): boolean => use === 'work';
  const [home, work] = [found.filter((one) => !isWork(one)), found.filter(isWork)];
  return new Units({ ...(home.length > 0 ? { 'PID-13': home } : {}), ...(work.length > 0 ? { 'PID-14': work } : {}) });
}

function identifiers(numbers: readonly DocumentNumber[]): Units {
  return new Units(
    Object.fromEntries(
      numbers.map((number) => [`PID-3|${number.namespace}|${number.kind}`, [identifierOf(number)]] as const),
    ),
  );
}

/** All numbers that a document gives its patient. */
export function patientNumbers(document: XmlElement, reading: Reading): readonly DocumentNumber[] {
  const role = child(document, 'recordTarget', 'patientRole');
  return readNumbers([...childrenOf(role, 'id'), ...childrenOf(child(role, 'patient'), 'id')], reading);
}

/** recordTarget to Patient; undefined where the patient has no number. */
export function patientOf(document: XmlElement, reading: Reading): Pick<About, 'patient' | 'patientKey'> | undefined {
  const role = child(document, 'recordTarget', 'patientRole');
  const person = child(role, 'patient');
  const numbers = patientNumbers(document, reading);
  const key = patientKey(numbers);
  if (key === undefined) return undefined;
  const name = humanName(child(person, 'name'));
  const path = 'recordTarget/patientRole/patient/birthTime';
  const ethnic = concept(child(person, 'ethnicGroupCode'));
  const units = contacts(role);
  const patient = reading.make('Patient', key, {
    // The number of one visit is no number of the person.
    identifier: identifiers(numbers.filter(({ kind }) => kind !== 'VN' || key.kind === 'VN')),
    name: name === undefined ? undefined : new Units({ 'PID-5': [name] }),
    telecom: Object.keys(units.units).length === 0 ? undefined : units,
    gender: gender(child(person, 'administrativeGenderCode')),
    birthDate: reading.time(attribute(child(person, 'birthTime'), 'value'), path)?.date.slice(0, 10),
    address: present(childrenOf(role, 'addr').map(address)),
    maritalStatus: concept(child(person, 'maritalStatusCode')),
    extension:
      ethnic === undefined ? undefined : new Units({ 'PID-22': [{ url: ETHNIC_GROUP, valueCodeableConcept: ethnic }] }),
  });
  return { patient, patientKey: key };
}

const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const CLASSES: Readonly<Record<string, string>> = {
  IMP: 'inpatient encounter',
  AMB: 'ambulatory',
  EMER: 'emergency',
};
/** Documents of WS/T 500 about visits of outpatients and of emergencies. */
const VISIT_DOCUMENTS: Readonly<Record<string, string>> = { C0002: 'AMB', C0003: 'EMER' };

function classOf(document: XmlElement, number: DocumentNumber): Elements {
  const declared = child(document, 'componentOf', 'encompassingEncounter', 'code');
  const own = attribute(declared, 'codeSystem') === '2.16.840.1.113883.5.4' ? attribute(declared, 'code') : '';
  const byDocument = VISIT_DOCUMENTS[attribute(child(document, 'code'), 'code')];
  const code = own === '' ? (byDocument ?? (number.isStay ? 'IMP' : '')) : own;
  if (code === '') {
    return { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK', display: 'unknown' };
  }
  return compact({ system: ACT_CODE, code, display: CLASSES[code] ?? attribute(declared, 'displayName') }) ?? {};
}

/** The places of a facility in WS/T 500: bed in room in ward in department in hospital. */
function places(facility: XmlElement | undefined): readonly XmlElement[] {
  const found: XmlElement[] = [];
  let at = child(facility, 'serviceProviderOrganization');
  while (at !== undefined) {
    found.push(at);
    at = child(at, 'asOrganizationPartOf', 'wholeOrganization');
  }
  return found;
}

const BED = '2.16.156.10011.1.22';
const ROOM = '2.16.156.10011.1.21';
const WARD = '2.16.156.10011.1.27';

function locationOf(found: readonly XmlElement[], reading: Reading): Reference | undefined {
  const part = (root: string): string => {
    const place = found.find((one) => attribute(child(one, 'id'), 'root') === root);
    return attribute(child(place, 'id'), 'extension') || textOf(child(place, 'name'));
  };
  const [ward, room, bed] = [part(WARD), part(ROOM), part(BED)];
  const name = [ward, room, bed].filter((text) => text !== '').join(' ');
  if (name === '') return undefined;
  // As PV1-3 of HL7 v2 names it: building, floor, point of care, room, bed.
  const value = `^^${ward}^${room}^${bed}`.replace(/\^+$/u, '');
  const namespace = reading.namespace('', 'Location');
  const made = reading.make('Location', { namespace, kind: 'Location', value }, { mode: 'instance', name }, true);
  return { ...made, display: name };
}

function encounterElements(document: XmlElement, patient: Reference, reading: Reading): Elements {
  const element = child(document, 'componentOf', 'encompassingEncounter');
  const path = 'componentOf/encompassingEncounter/effectiveTime';
  const { at, period } = timing(child(element, 'effectiveTime'), reading, path);
  const found = places(child(element, 'location', 'healthCareFacility'));
  const location = locationOf(found, reading);
  const departments = found.filter((one) => ![BED, ROOM, WARD].includes(attribute(child(one, 'id'), 'root')));
  const responsible = practitioner(child(element, 'responsibleParty', 'assignedEntity'), reading);
  return {
    status: 'unknown',
    subject: patient,
    period: at === undefined ? period : { start: at },
    location: location === undefined ? [] : [{ location }],
    serviceProvider: present(departments.map((one) => organization(one, reading)))[0],
    participant: responsible === undefined ? [] : [{ individual: responsible }],
  };
}

/** The stay or visit that a document belongs to: mentioned, since the messages of the visit tell it. */
export function encounterOf(
  document: XmlElement,
  patient: Reference,
  reading: Reading,
): Required<Pick<About, 'encounter' | 'encounterKey'>> | undefined {
  const element = child(document, 'componentOf', 'encompassingEncounter');
  const visit = patientNumbers(document, reading).find(({ kind }) => kind === 'VN');
  const number = readNumber(child(element, 'id'), reading) ?? visit;
  if (number === undefined) return undefined;
  const encounterKey = keyOf(number, 'Encounter');
  const elements = {
    ...encounterElements(document, patient, reading),
    identifier: [identifierOf({ ...number, kind: 'VN' })],
  };
  const encounter = reading.make('Encounter', encounterKey, { ...elements, class: classOf(document, number) }, true);
  return { encounter, encounterKey };
}

/** Title of a document: its own, else the name of its kind. */
export function titleOf(document: XmlElement): string {
  const title = textOf(child(document, 'title'));
  return title === '' ? conceptText(child(document, 'code')) : title;
}

/** Parts of the header that are read; what else it holds is told as not mapped. */
const READ = new Set([
  'realmCode',
  'typeId',
  'templateId',
  'id',
  'code',
  'title',
  'effectiveTime',
  'confidentialityCode',
  'languageCode',
  'setId',
  'versionNumber',
  'recordTarget',
  'author',
  'custodian',
  'legalAuthenticator',
  'authenticator',
  'relatedDocument',
  'documentationOf',
  'componentOf',
  'component',
  'participant',
]);

/** Notes the parts of the header that end in no resource. */
export function noteUnread(document: XmlElement, reading: Reading): void {
  for (const element of elementsIn(document)) {
    if (!READ.has(element.name) && textOf(element) !== '') reading.lose(`ClinicalDocument/${element.name}`);
  }
}
