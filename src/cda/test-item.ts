import { listOf } from '../fhir/json.ts';
import { valueOf } from './observation.ts';
import { compact, present, type Elements } from './reading.ts';
import { inner, type Statement } from './statement.ts';
import { concept, saysNothing } from './values.ts';
import { attribute, child, childrenOf, textOf, type XmlElement } from './xml.ts';

/** Data elements of WS 363: name of what was examined; result in words, as a quantity with its unit, as a code. */
const NAME = 'DE04.30.020.00';
const WORDS = 'DE04.30.009.00';
const QUANTITY = 'DE04.30.015.00';
const UNIT = 'DE04.30.016.00';
const CODE = 'DE04.30.017.00';
const PARTS = new Set([WORDS, QUANTITY, UNIT, CODE]);

const codeOf = (element: XmlElement | undefined): string => attribute(child(element, 'code'), 'code');

const partsOf = (element: XmlElement): readonly XmlElement[] =>
  present(childrenOf(element, 'entryRelationship').map((one) => child(one, 'observation'))).filter((one) =>
    PARTS.has(codeOf(one)),
  );

/** True for an observation that names what was examined, with its result inside (laboratory sections of WS/T 500). */
export const isTestItem = ({ element }: Statement): boolean => codeOf(element) === NAME && partsOf(element).length > 0;

/** True for the parts of a test item, which are no observations of their own. */
export const isPartOfTest = (element: XmlElement): boolean => PARTS.has(codeOf(element));

/** What was examined: by its name, behind the code that the document has for it. */
export function testCode({ element }: Statement): Elements {
  const value = child(element, 'value');
  const named = attribute(value, 'code') === '' ? undefined : concept(value);
  const text = textOf(value);
  return (
    compact({ coding: listOf(named?.['coding']), text: saysNothing(text) ? named?.['text'] : text }) ?? {
      text: 'unknown',
    }
  );
}

/** The result: as a quantity before a code before words. */
export function testValue(statement: Statement): Elements | undefined {
  const parts = partsOf(statement.element);
  const of = (code: string): XmlElement | undefined => parts.find((one) => codeOf(one) === code);
  const values = present([QUANTITY, CODE, WORDS].map(of)).map((one) => valueOf(inner(statement, one, 'observation')));
  const [first] = present(values);
  const quantity = first?.['valueQuantity'];
  const unit = textOf(child(of(UNIT), 'value'));
  if (typeof quantity !== 'object' || unit === '') return first;
  return { valueQuantity: { unit, ...quantity } };
}
