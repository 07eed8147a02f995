import { fhirDecimal, listOf } from '../fhir/json.ts';
import type { SectionSetting, Statement, StatementReader } from './statement.ts';
import { identifiersOf, makeStatement, performers } from './statement.ts';
import { compact, type Elements, type Reference } from './reading.ts';
import { concept, dateTime, quantity, saysNothing, timing, typeOfValue } from './values.ts';
import { attribute, child, textOf, type XmlElement } from './xml.ts';

const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
/** LOINC codes of sections by the category of what is observed there. */
const CATEGORIES: Readonly<Record<string, string>> = {
  '8716-3': 'vital-signs',
  '30954-2': 'laboratory',
  '29762-2': 'social-history',
  '29545-1': 'exam',
};

/** Data elements of WS 363 for vital signs, by the LOINC codes that other systems send for the same. */
const LOINC: Readonly<Record<string, string>> = {
  'DE04.10.186.00': '8310-5',
  'DE04.10.118.00': '8889-8',
  'DE04.10.082.00': '9279-1',
  'DE04.10.174.00': '8480-6',
  'DE04.10.176.00': '8462-4',
  'DE04.10.167.00': '8302-2',
  'DE04.10.188.00': '29463-7',
};

/** Code of an observation, the LOINC code first where one is known. */
function codeOf({ element, section }: Statement): Elements {
  const code = child(element, 'code');
  const found = concept(code) ?? { text: section.title || 'unknown' };
  const loinc = LOINC[attribute(code, 'code')];
  return loinc === undefined
    ? found
    : { ...found, coding: [{ system: 'http://loinc.org', code: loinc }, ...listOf(found['coding'])] };
}

const STATUSES: Readonly<Record<string, string>> = {
  active: 'preliminary',
  aborted: 'cancelled',
  cancelled: 'cancelled',
};

function categoryOf({ code }: SectionSetting): readonly Elements[] {
  const category = CATEGORIES[code];
  return category === undefined ? [] : [{ coding: [{ system: CATEGORY, code: category }] }];
}

const TRUTHS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  T: true,
  F: false,
  '1': true,
  '0': false,
};

type Read = (value: XmlElement, statement: Statement) => Elements | undefined;

const asText: Read = (value) => {
  const text = textOf(value) || attribute(value, 'value');
  return saysNothing(text) ? undefined : { valueString: text };
};

const asConcept: Read = (value) => {
  const valueCodeableConcept = concept(value);
  return valueCodeableConcept === undefined ? undefined : { valueCodeableConcept };
};

const asQuantity: Read = (value, statement) => {
  const valueQuantity = quantity(value);
  return valueQuantity === undefined ? asText(value, statement) : { valueQuantity };
};

const asTruth: Read = (value, statement) => {
  const valueBoolean = TRUTHS[attribute(value, 'value')];
  return valueBoolean === undefined ? asText(value, statement) : { valueBoolean };
};

const asTime: Read = (value, { reading, path }) => {
  const valueDateTime = dateTime(value, reading, `${path}/value`);
  return valueDateTime === undefined ? undefined : { valueDateTime };
};

const asPeriod: Read = (value, { reading, path }) => {
  const { at, period } = timing(value, reading, `${path}/value`);
  return compact({ valueDateTime: at, valuePeriod: period });
};

const asRange: Read = (value, statement) => {
  const range = compact({ low: quantity(child(value, 'low')), high: quantity(child(value, 'high')) });
  return range === undefined ? asText(value, statement) : { valueRange: range };
};

const asInteger: Read = (value, statement) => {
  const text = attribute(value, 'value');
  const number = /^-?\d{1,9}$/u.test(text) ? fhirDecimal(String(Number(text))) : undefined;
  return number === undefined ? asText(value, statement) : { valueInteger: number };
};

/** Types of CDA by what their values become. */
const READERS: Readonly<Record<string, Read>> = {
  CD: asConcept,
  CE: asConcept,
  CV: asConcept,
  CO: asConcept,
  CS: asConcept,
  PQ: asQuantity,
  REAL: asQuantity,
  MO: asQuantity,
  INT: asInteger,
  BL: asTruth,
  BN: asTruth,
  TS: asTime,
  IVL_TS: asPeriod,
  IVL_PQ: asRange,
};

/** Value of an observation by its type (`xsi:type`), as the element of an Observation; undefined where nothing is said. */
export function valueOf(statement: Statement): Elements | undefined {
  const value = child(statement.element, 'value');
  if (value === undefined) return undefined;
  return (READERS[typeOfValue(value)] ?? asText)(value, statement);
}

/** observation to Observation; nothing where it has no value. */
export const readObservation: StatementReader = (statement) => {
  const value = valueOf(statement);
  return value === undefined ? [] : makeObservation(statement, codeOf(statement), value);
};

/** The Observation of a statement with this code and value. */
export function makeObservation(statement: Statement, code: Elements, value: Elements): readonly Reference[] {
  const { element, about, reading, section, path } = statement;
  const { at, period } = timing(child(element, 'effectiveTime'), reading, `${path}/effectiveTime`);
  const interpretation = concept(child(element, 'interpretationCode'));
  const range = textOf(child(element, 'referenceRange', 'observationRange', 'text'));
  const made = makeStatement(statement, 'Observation', {
    identifier: identifiersOf(statement),
    status: STATUSES[attribute(child(element, 'statusCode'), 'code')] ?? 'final',
    category: categoryOf(section),
    code,
    subject: about.patient,
    encounter: about.encounter,
    effectiveDateTime: at,
    effectivePeriod: period,
    performer: performers(statement),
    ...value,
    interpretation: interpretation === undefined ? [] : [interpretation],
    bodySite: concept(child(element, 'targetSiteCode')),
    method: concept(child(element, 'methodCode')),
    referenceRange: range === '' ? [] : [{ text: range }],
  });
  return [made];
}
