import type { Statement, StatementReader } from './statement.ts';
import { identifiersOf, makeStatement } from './statement.ts';
import { compact, present, type Elements } from './reading.ts';
import { concept, saysNothing, gender } from './values.ts';
import { attribute, child, childrenOf, textOf, type XmlElement } from './xml.ts';

/** LOINC of the section, and the data element of WS 363. */
const SECTION = '10157-6';
const FAMILY_HISTORY = 'DE02.10.103.00';

const FAMILY_MEMBER: Elements = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'FAMMEMB', display: 'family member' }],
};

/** True for what a document says of the patient's family. */
export function isFamilyHistory({ element, section }: Statement): boolean {
  return section.code === SECTION || attribute(child(element, 'code'), 'code') === FAMILY_HISTORY;
}

/** Diseases of one relative (C-CDA Family History Organizer). */
function conditions(element: XmlElement): readonly Elements[] {
  const observations = childrenOf(element, 'component').map((one) => child(one, 'observation'));
  const codes = present(observations.map((one) => concept(child(one, 'value'))));
  return codes.map((code) => ({ code }));
}

function readRelative(statement: Statement): ReturnType<StatementReader> {
  const { element, about } = statement;
  const relative = child(element, 'subject', 'relatedSubject');
  const sex = gender(child(relative, 'subject', 'administrativeGenderCode'));
  const made = makeStatement(statement, 'FamilyMemberHistory', {
    identifier: identifiersOf(statement),
    status: 'completed',
    patient: about.patient,
    relationship: concept(child(relative, 'code')) ?? FAMILY_MEMBER,
    sex:
      sex === undefined ? undefined : { coding: [{ system: 'http://hl7.org/fhir/administrative-gender', code: sex }] },
    condition: conditions(element),
  });
  return [made];
}

/** What is said of the family to FamilyMemberHistory: coded for each relative, or the author's words as its note. */
export const readFamilyHistory: StatementReader = (statement) => {
  const { element, about } = statement;
  if (element.name === 'organizer') return readRelative(statement);
  const value = child(element, 'value');
  const coded = value === undefined || attribute(value, 'code') === '' ? undefined : concept(value);
  const text = textOf(value);
  if (coded === undefined && saysNothing(text)) return [];
  const made = makeStatement(statement, 'FamilyMemberHistory', {
    identifier: identifiersOf(statement),
    status: 'partial',
    patient: about.patient,
    relationship: FAMILY_MEMBER,
    condition: coded === undefined ? [] : [{ code: coded }],
    note: saysNothing(text) ? [] : [compact({ text })],
  });
  return [made];
};
