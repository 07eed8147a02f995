import { isDiagnosis, readDiagnosis } from './condition.ts';
import { isFamilyHistory, readFamilyHistory } from './family-history.ts';
import { makeObservation, readObservation } from './observation.ts';
import type { Reference } from './reading.ts';
import { inner, type Statement, type StatementReader } from './statement.ts';
import { isPartOfTest, isTestItem, testCode, testValue } from './test-item.ts';
import { isAllergy, isOperationName, readAllergy, readMedication, readProcedure } from './treatment.ts';
import { attribute, child, elementsIn, type XmlElement } from './xml.ts';

const NOTHING: readonly Reference[] = [];

/** A test by its name, with its result. */
const readTestItem: StatementReader = (statement) => {
  const value = testValue(statement);
  return value === undefined ? NOTHING : makeObservation(statement, testCode(statement), value);
};

/** An observation by what it states. What is denied is no finding, and only a diagnosis can be refuted. */
const readStatedObservation: StatementReader = (statement) => {
  const { element, reading, path } = statement;
  if (isFamilyHistory(statement)) return readFamilyHistory(statement);
  if (isDiagnosis(element)) return readDiagnosis(statement);
  if (attribute(element, 'negationInd') === 'true') {
    reading.lose(path, 'no-place-in-r4');
    return NOTHING;
  }
  if (isTestItem(statement)) return readTestItem(statement);
  return isAllergy(statement) ? readAllergy(statement) : readObservation(statement);
};

const READERS: Readonly<Record<string, StatementReader>> = {
  observation: readStatedObservation,
  procedure: readProcedure,
  substanceAdministration: readMedication,
  // These only hold others together, but for what is said of one relative.
  organizer: (statement) => (isFamilyHistory(statement) ? readFamilyHistory(statement) : NOTHING),
  act: () => NOTHING,
};

/** Elements through which a statement holds others. */
const HOLDERS = new Set(['entryRelationship', 'component']);

/** Kinds of statement that may stand in an entry (CDA R2 section 4.3.6). */
const STATEMENTS = new Set([
  'observation',
  'procedure',
  'substanceAdministration',
  'organizer',
  'act',
  'encounter',
  'supply',
  'observationMedia',
  'regionOfInterest',
]);

/** True for what is said of a statement itself: the result of a test, the name of an operation. */
const isPartOf = (statement: Statement, held: XmlElement): boolean =>
  (isTestItem(statement) && isPartOfTest(held)) || (statement.element.name === 'procedure' && isOperationName(held));

/** Address of an element among its like: `entryRelationship[2]/observation`. */
function heldIn(statement: Statement): readonly Statement[] {
  const held: Statement[] = [];
  let at = 0;
  for (const holder of elementsIn(statement.element)) {
    if (!HOLDERS.has(holder.name)) continue;
    at += 1;
    const found = elementsIn(holder).find(({ name }) => STATEMENTS.has(name));
    if (found !== undefined && !isPartOf(statement, found))
      held.push(inner(statement, found, `${holder.name}[${at}]/${found.name}`));
  }
  return held;
}

/** True where a statement was read with all that it holds: reactions are part of their allergy. */
const isWhole = (statement: Statement, own: readonly Reference[]): boolean =>
  own.length > 0 && (isAllergy(statement) || statement.element.name === 'organizer');

/** True where a statement says something that ended in no resource. */
function isLost(statement: Statement, own: readonly Reference[], held: readonly Statement[]): boolean {
  if (!Object.hasOwn(READERS, statement.element.name)) return true;
  if (own.length > 0 || held.length > 0) return false;
  return child(statement.element, 'value') !== undefined && !isEmptyValue(statement);
}

/** Reads a statement and those that it holds; what ends in no resource is told as not mapped. */
export function readStatement(statement: Statement): readonly Reference[] {
  const { element, reading, path } = statement;
  const own = READERS[element.name]?.(statement) ?? NOTHING;
  if (isWhole(statement, own)) return own;
  const held = heldIn(statement);
  if (isLost(statement, own, held)) reading.lose(path);
  return [...own, ...held.flatMap(readStatement)];
}

/** An observation whose value is empty says nothing that could be lost. */
function isEmptyValue({ element }: Statement): boolean {
  const value = child(element, 'value');
  return value !== undefined && elementsIn(value).length === 0 && !/[^\s/\-－—]/u.test(flat(value.content));
}

const flat = (content: readonly unknown[]): string => content.filter((part) => typeof part === 'string').join('');
