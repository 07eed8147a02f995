import { intervalOf } from '../dates.ts';
import { isObject, listOf } from '../json.ts';
import { report, type Findings, type Place } from './issues.ts';

/** A rule over one complex value. */
export type Rule = (value: Readonly<Record<string, unknown>>, at: Place, findings: Findings) => void;

const broken = (findings: Findings, rule: string, message: string, at: Place): void => {
  report(findings, 'fhir.rule-broken', `${rule}: ${message}`, at);
};

/** The beginning of the start may not lie after the end of the end, however precise they are. */
const period: Rule = ({ start, end }, at, findings) => {
  if (typeof start !== 'string' || typeof end !== 'string') return;
  const [from] = intervalOf(start, 'UTC') ?? [];
  const [, to] = intervalOf(end, 'UTC') ?? [];
  if (from !== undefined && to !== undefined && from >= to)
    broken(findings, 'per-1', 'The start is after the end.', at);
};

const extension: Rule = (value, at, findings) => {
  const hasValue = Object.keys(value).some((name) => /^_?value[A-Z]/.test(name));
  if (hasValue === (value['extension'] !== undefined)) {
    broken(findings, 'ext-1', 'An extension has either a value or extensions.', at);
  }
};

const attachment: Rule = ({ data, contentType }, at, findings) => {
  if (data !== undefined && contentType === undefined) broken(findings, 'att-1', 'Data needs a contentType.', at);
};

const quantity: Rule = ({ code, system }, at, findings) => {
  if (code !== undefined && system === undefined) broken(findings, 'qty-3', 'A unit code needs a system.', at);
};

const range: Rule = ({ low, high }, at, findings) => {
  for (const limit of [low, high]) {
    if (isObject(limit) && limit['comparator'] !== undefined) {
      broken(findings, 'sqty-1', 'A limit of a range has no comparator.', at);
    }
  }
};

const contactPoint: Rule = (value, at, findings) => {
  if (value['value'] !== undefined && value['system'] === undefined) {
    broken(findings, 'cpt-2', 'A contact value needs a system.', at);
  }
};

const reference: Rule = ({ reference: target, identifier, display, extension: more }, at, findings) => {
  if (target === undefined && identifier === undefined && display === undefined && more === undefined) {
    broken(findings, 'ele-1', 'A reference says nothing.', at);
  }
};

const observation: Rule = (value, at, findings) => {
  const hasValue = Object.keys(value).some((name) => /^value[A-Z]/.test(name));
  if (hasValue && value['dataAbsentReason'] !== undefined) {
    broken(findings, 'obs-6', 'A reason for a missing value beside a value.', at);
  }
};

const patientContact: Rule = (value, at, findings) => {
  if (['name', 'telecom', 'address', 'organization'].every((name) => value[name] === undefined)) {
    broken(findings, 'pat-1', 'A contact needs a name, telecom, address or organization.', at);
  }
};

const condition: Rule = (value, at, findings) => {
  const codes = isObject(value['verificationStatus']) ? listOf(value['verificationStatus']['coding']) : [];
  const wrong = codes.some((coding) => isObject(coding) && coding['code'] === 'entered-in-error');
  if (wrong && value['clinicalStatus'] !== undefined) {
    broken(findings, 'con-5', 'What was entered in error has no clinical status.', at);
  }
};

/** Hand-written invariants by type, or by type and element for those declared inline. */
export const RULES: Readonly<Record<string, Rule>> = {
  Age: quantity,
  Attachment: attachment,
  Condition: condition,
  ContactPoint: contactPoint,
  Extension: extension,
  Observation: observation,
  'Observation.component': observation,
  'Patient.contact': patientContact,
  Period: period,
  Quantity: quantity,
  Range: range,
  Reference: reference,
};
