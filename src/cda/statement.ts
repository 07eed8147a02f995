import type { About } from './header.ts';
import type { DocumentNumber } from './numbers.ts';
import { identifierOf, readNumbers } from './numbers.ts';
import { practitioner } from './people.ts';
import { present, type Elements, type Reading, type Reference } from './reading.ts';
import { attribute, child, childrenOf, type XmlElement } from './xml.ts';

/** A section as its entries see it. */
export interface SectionSetting {
  /** `section/code/@code`: LOINC. */
  readonly code: string;
  readonly title: string;
  /** Words of the codes that its entries hold. */
  readonly coded: ReadonlySet<unknown>;
  /** `section[2]/section[1]`. */
  readonly path: string;
}

/** What an entry is read with. */
export interface Statement {
  readonly element: XmlElement;
  readonly section: SectionSetting;
  readonly about: About;
  /** Number of the document over its versions. */
  readonly document: DocumentNumber;
  readonly reading: Reading;
  /** Address of the entry: `section[2]/entry[1]/observation`. */
  readonly path: string;
}

/** Reads one kind of statement; gives the resources it made. */
export type StatementReader = (statement: Statement) => readonly Reference[];

/** A statement inside another one. */
export function inner(statement: Statement, element: XmlElement, path: string): Statement {
  return { ...statement, element, path: `${statement.path}/${path}` };
}

/** Numbers of a statement that nobody else can have given to something else. */
const ownNumbers = ({ element, reading }: Statement): readonly DocumentNumber[] =>
  readNumbers(childrenOf(element, 'id'), reading).filter(({ isUnique }) => isUnique);

/** Identifiers of a statement. */
export const identifiersOf = (statement: Statement): readonly Elements[] => ownNumbers(statement).map(identifierOf);

/**
 * Makes the resource of a statement: under its own number, else under its place in the document, so that a later version
 * of the document says the same thing anew.
 */
export function makeStatement(statement: Statement, type: string, elements: Elements): Reference {
  const { reading, document, section, element } = statement;
  const [own] = ownNumbers(statement);
  if (own !== undefined)
    return reading.make(type, { namespace: own.namespace, kind: type, value: own.value }, elements);
  const what = `${document.value}|${section.code || section.path}|${attribute(child(element, 'code'), 'code')}`;
  const value = `${what}|${reading.ordinal(`${type}|${what}`)}`;
  return reading.make(type, { namespace: document.namespace, kind: type, value }, elements);
}

/** Who did or observed what a statement says. */
export function performers({ element, reading }: Statement): readonly unknown[] {
  const roles = [
    ...childrenOf(element, 'performer').map((one) => child(one, 'assignedEntity')),
    ...childrenOf(element, 'author').map((one) => child(one, 'assignedAuthor')),
  ];
  return present(roles.map((role) => practitioner(role, reading)));
}
