import type { Statement, StatementReader } from './statement.ts';
import { identifiersOf, makeStatement, performers } from './statement.ts';
import { compact, present, type Elements } from './reading.ts';
import { concept, quantity, saysNothing, timing } from './values.ts';
import { attribute, child, childrenOf, textOf, type XmlElement } from './xml.ts';

/** Data element of WS 363: name of an operation. */
const OPERATION_NAME = 'DE06.00.094.00';

const moodOf = (element: XmlElement): string => attribute(element, 'moodCode') || 'EVN';
const statusOf = (element: XmlElement): string => attribute(child(element, 'statusCode'), 'code');

/** Observations that stand in relation to a statement. */
function related(element: XmlElement, type = ''): readonly XmlElement[] {
  const relations = childrenOf(element, 'entryRelationship');
  return present(
    relations
      .filter((one) => type === '' || attribute(one, 'typeCode') === type)
      .map((one) => child(one, 'observation')),
  );
}

/** True for the observation that says what an operation is called. */
export const isOperationName = (element: XmlElement): boolean =>
  attribute(child(element, 'code'), 'code') === OPERATION_NAME;

function operationCode(element: XmlElement): Elements | undefined {
  const named = related(element).find(isOperationName);
  const text = textOf(child(named, 'value'));
  const found = concept(child(element, 'code'));
  return saysNothing(text) ? found : compact({ ...found, text });
}

const PROCEDURE_STATUSES: Readonly<Record<string, string>> = {
  active: 'in-progress',
  aborted: 'stopped',
  cancelled: 'not-done',
};

/** procedure to Procedure, where it has been done or is being done. */
export const readProcedure: StatementReader = (statement) => {
  const { element, about, reading, path } = statement;
  const code = operationCode(element);
  if (code === undefined || moodOf(element) !== 'EVN') return [];
  const { at, period } = timing(child(element, 'effectiveTime'), reading, `${path}/effectiveTime`);
  const bodySite = concept(child(element, 'targetSiteCode'));
  const made = makeStatement(statement, 'Procedure', {
    identifier: identifiersOf(statement),
    status: PROCEDURE_STATUSES[statusOf(element)] ?? 'completed',
    code,
    subject: about.patient,
    encounter: about.encounter,
    performedDateTime: at,
    performedPeriod: period,
    performer: performers(statement).map((actor) => ({ actor })),
    bodySite: bodySite === undefined ? [] : [bodySite],
  });
  return [made];
};

function dosage(element: XmlElement): readonly Elements[] {
  const dose = quantity(child(element, 'doseQuantity')) ?? quantity(child(element, 'doseQuantity', 'center'));
  const found = compact({
    text: textOf(child(element, 'text')),
    route: concept(child(element, 'routeCode')),
    doseAndRate: dose === undefined ? [] : [{ doseQuantity: dose }],
  });
  return found === undefined ? [] : [found];
}

/** substanceAdministration to MedicationStatement, or to MedicationRequest where it is still to be given. */
export const readMedication: StatementReader = (statement) => {
  const { element, about, reading, path } = statement;
  const material = child(element, 'consumable', 'manufacturedProduct', 'manufacturedMaterial');
  const name = textOf(child(material, 'name'));
  const medicationCodeableConcept = concept(child(material, 'code')) ?? (name === '' ? undefined : { text: name });
  if (medicationCodeableConcept === undefined) return [];
  const common = { identifier: identifiersOf(statement), medicationCodeableConcept, subject: about.patient };
  if (moodOf(element) !== 'EVN') {
    const made = makeStatement(statement, 'MedicationRequest', {
      ...common,
      status: statusOf(element) === 'completed' ? 'completed' : 'active',
      intent: moodOf(element) === 'RQO' ? 'order' : 'plan',
      encounter: about.encounter,
      requester: performers(statement)[0],
      dosageInstruction: dosage(element),
    });
    return [made];
  }
  const { at, period } = timing(child(element, 'effectiveTime'), reading, `${path}/effectiveTime`);
  const made = makeStatement(statement, 'MedicationStatement', {
    ...common,
    status: statusOf(element) === 'completed' ? 'completed' : 'active',
    context: about.encounter,
    effectiveDateTime: at,
    effectivePeriod: period,
    dosage: dosage(element),
  });
  return [made];
};

const substanceOf = (element: XmlElement): XmlElement | undefined => {
  const consumed = childrenOf(element, 'participant').find((one) => attribute(one, 'typeCode') === 'CSM');
  return child(consumed, 'participantRole', 'playingEntity');
};

/** True for an observation that names a substance which the patient does not tolerate. */
export const isAllergy = ({ element }: Statement): boolean =>
  concept(child(substanceOf(element), 'code')) !== undefined;

/** Allergy observation (C-CDA) to AllergyIntolerance. */
export const readAllergy: StatementReader = (statement) => {
  const { element, about, reading, path } = statement;
  const { at, period } = timing(child(element, 'effectiveTime'), reading, `${path}/effectiveTime`);
  const manifestation = present(related(element, 'MFST').map((one) => concept(child(one, 'value'))));
  const made = makeStatement(statement, 'AllergyIntolerance', {
    identifier: identifiersOf(statement),
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: concept(child(substanceOf(element), 'code')),
    patient: about.patient,
    encounter: about.encounter,
    onsetDateTime: at ?? period?.['start'],
    reaction: manifestation.length === 0 ? [] : [{ manifestation }],
  });
  return [made];
};
