import { isObject, listOf } from '../fhir/json.ts';
import { namesDiseases } from './code-systems.ts';
import type { Statement, StatementReader } from './statement.ts';
import { identifiersOf, makeStatement, performers } from './statement.ts';
import { compact, type Elements, type Reference } from './reading.ts';
import { concept, conceptText, saysNothing, timing } from './values.ts';
import { attribute, child, childrenOf, textOf, type XmlElement } from './xml.ts';

/** Data elements of WS 363: code and name of a diagnosis. */
const DIAGNOSIS_CODE = 'DE05.01.024.00';
const DIAGNOSIS_NAME = 'DE05.01.025.00';
/** Kinds of a problem observation in C-CDA (value set Problem Type). */
const PROBLEM_KINDS = new Set([
  '55607006',
  '282291009',
  '404684003',
  '409586006',
  '64572001',
  '248536006',
  '418799008',
  '75323-6',
  '29308-4',
  '75326-9',
]);
/** Sections whose entries are diagnoses of the stay: admission, discharge, the visit. */
const PROBLEM_LIST = '11450-4';

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category';

const codeOf = (element: XmlElement): string => attribute(child(element, 'code'), 'code');

/** The coded diagnosis that stands inside a named one. */
function codedPart(element: XmlElement): XmlElement | undefined {
  return childrenOf(element, 'entryRelationship')
    .map((one) => child(one, 'observation'))
    .find((one) => one !== undefined && isCoded(one));
}

function isCoded(element: XmlElement): boolean {
  const value = child(element, 'value');
  if (value === undefined || saysNothing(attribute(value, 'code'))) return false;
  if (codeOf(element) === DIAGNOSIS_CODE || namesDiseases(attribute(value, 'codeSystem'))) return true;
  return PROBLEM_KINDS.has(codeOf(element));
}

/** True for an observation that states a diagnosis or problem, coded or by name. */
export function isDiagnosis(element: XmlElement): boolean {
  return isCoded(element) || (codeOf(element) === DIAGNOSIS_NAME && !saysNothing(textOf(child(element, 'value'))));
}

/** Code and words of a diagnosis. */
function diagnosisCode(element: XmlElement): Elements | undefined {
  const coded = isCoded(element) ? element : codedPart(element);
  const name = codeOf(element) === DIAGNOSIS_NAME ? textOf(child(element, 'value')) : '';
  const found = coded === undefined ? undefined : concept(child(coded, 'value'));
  return name === '' ? found : compact({ ...found, text: name });
}

function category({ section }: Statement): Elements {
  const code = section.code === PROBLEM_LIST ? 'problem-list-item' : 'encounter-diagnosis';
  return { coding: [{ system: CATEGORY, code }] };
}

/** A refuted diagnosis is none; a first one (初步诊断) is provisional. */
function verification(element: XmlElement): Elements | undefined {
  const isDenied = attribute(element, 'negationInd') === 'true';
  const isFirst = conceptText(child(element, 'code')).startsWith('初步诊断');
  const code = isDenied ? 'refuted' : isFirst ? 'provisional' : undefined;
  return code === undefined ? undefined : { coding: [{ system: VERIFICATION, code }] };
}

/** True for a diagnosis by name that another entry of the section states with its code. */
function isSaidWithCode({ section }: Statement, code: Elements): boolean {
  return code['coding'] === undefined && section.coded.has(code['text']);
}

/** What a diagnosis is called in its key: its code, else its words. */
function keyPart(code: Elements): string {
  const first: unknown = listOf(code['coding'])[0];
  const named = isObject(first) ? first['code'] : code['text'];
  return typeof named === 'string' ? named : '';
}

/** Observation of a diagnosis to Condition. A diagnosis of one stay is the same whether DG1 or a document tells it. */
export const readDiagnosis: StatementReader = (statement) => {
  const { element, about, reading, path } = statement;
  const code = diagnosisCode(element);
  if (code === undefined || isSaidWithCode(statement, code)) return [];
  const { at, period } = timing(child(element, 'effectiveTime'), reading, `${path}/effectiveTime`);
  const end = period?.['end'];
  const elements = {
    identifier: identifiersOf(statement),
    clinicalStatus: { coding: [{ system: CLINICAL, code: end === undefined ? 'active' : 'resolved' }] },
    verificationStatus: verification(element),
    category: [category(statement)],
    code,
    subject: about.patient,
    encounter: about.encounter,
    onsetDateTime: at ?? period?.['start'],
    abatementDateTime: end,
    asserter: performers(statement)[0],
  };
  const owner = about.encounterKey ?? about.patientKey;
  if (identifiersOf(statement).length > 0) return [makeStatement(statement, 'Condition', elements)];
  const key = { namespace: owner.namespace, kind: 'Condition', value: `${owner.value}|${keyPart(code)}` };
  return [reading.make('Condition', key, elements)] satisfies readonly Reference[];
};
