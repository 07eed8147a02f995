import type { About } from './header.ts';
import { titleOf } from './header.ts';
import { identifierOf, keyOf, readNumber, type DocumentNumber } from './numbers.ts';
import { author, organization, practitioner } from './people.ts';
import { compact, present, type Elements, type Reading, type Reference } from './reading.ts';
import { concept, dateTime, timing } from './values.ts';
import { attribute, child, childrenOf, type XmlElement } from './xml.ts';

/** The document as it was received. */
interface Original {
  /** The bytes in base64. */
  readonly data: string;
}

/** Another document that this one replaces, adds to or was made of. */
interface Relation {
  readonly code: string;
  readonly number: DocumentNumber;
}

/** What both resources of a document share. */
interface Shared {
  readonly title: string;
  readonly type: Elements;
  readonly authors: readonly unknown[];
  readonly custodian?: Reference | undefined;
  readonly attesters: readonly Elements[];
  readonly relations: readonly Relation[];
}

/** Relations of CDA (RPLC, APND, XFRM) as R4 calls them. */
const RELATIONS: Readonly<Record<string, string>> = { RPLC: 'replaces', APND: 'appends', XFRM: 'transforms' };

function relationsOf(document: XmlElement, reading: Reading): readonly Relation[] {
  return childrenOf(document, 'relatedDocument').flatMap((one) => {
    const number = readNumber(child(one, 'parentDocument', 'id'), reading);
    const code = RELATIONS[attribute(one, 'typeCode')];
    return number === undefined || code === undefined ? [] : [{ code, number }];
  });
}

function attestersOf(document: XmlElement, reading: Reading): readonly Elements[] {
  const of = (name: string, mode: string): readonly Elements[] =>
    childrenOf(document, name).flatMap((one) => {
      const party = practitioner(child(one, 'assignedEntity'), reading);
      const time = dateTime(child(one, 'time'), reading, `${name}/time`);
      return party === undefined ? [] : [compact({ mode, time, party }) ?? {}];
    });
  return [...of('legalAuthenticator', 'legal'), ...of('authenticator', 'professional')];
}

function sharedOf(document: XmlElement, reading: Reading): Shared {
  const title = titleOf(document);
  const type = concept(child(document, 'code'));
  const holder = child(document, 'custodian', 'assignedCustodian', 'representedCustodianOrganization');
  return {
    title,
    type: compact({ text: title, ...type }) ?? { text: 'unknown' },
    authors: present(childrenOf(document, 'author').map((one) => author(one, reading))),
    custodian: organization(holder, reading),
    attesters: attestersOf(document, reading),
    relations: relationsOf(document, reading),
  };
}

/** Confidentiality that R4 knows (v3-ConfidentialityClassification). */
const CONFIDENTIALITY = new Set(['U', 'L', 'M', 'N', 'R', 'V']);

/** What the resources of a document are made of. */
export interface DocumentParts {
  readonly document: XmlElement;
  readonly about: About;
  /** Its own number, and the one that all its versions share. */
  readonly number: DocumentNumber;
  readonly set: DocumentNumber;
  /** dateTime and, where it is exact, instant of when it was written. */
  readonly date: string;
  readonly instant?: string;
  readonly sections: readonly Elements[];
  /** Absent for a document inside a message, which tells of it itself. */
  readonly original?: Original;
}

function composition(parts: DocumentParts, shared: Shared, reading: Reading): Reference {
  const { document, about, set, date, sections } = parts;
  const replaces = shared.relations.some(({ code }) => code === 'replaces');
  const confidentiality = attribute(child(document, 'confidentialityCode'), 'code');
  const event = child(document, 'documentationOf', 'serviceEvent');
  const { period } = timing(child(event, 'effectiveTime'), reading, 'documentationOf/serviceEvent/effectiveTime');
  const happened = compact({ code: present([concept(child(event, 'code'))]), period });
  return reading.make('Composition', keyOf(set, 'Composition'), {
    identifier: identifierOf(set),
    status: replaces || Number(attribute(child(document, 'versionNumber'), 'value')) > 1 ? 'amended' : 'final',
    type: shared.type,
    subject: about.patient,
    encounter: about.encounter,
    date,
    author: shared.authors.length > 0 ? shared.authors : [shared.custodian ?? { display: reading.context.source }],
    title: shared.title === '' ? 'unknown' : shared.title,
    confidentiality: CONFIDENTIALITY.has(confidentiality) ? confidentiality : undefined,
    attester: shared.attesters,
    custodian: shared.custodian,
    relatesTo: shared.relations.map(({ code, number }) => ({ code, targetIdentifier: identifierOf(number) })),
    event: happened === undefined ? [] : [happened],
    section: sections,
  });
}

/** Makes Composition and, for a document of its own, DocumentReference. */
export function makeDocument(parts: DocumentParts, reading: Reading): void {
  const { document, about, number, original, date, instant } = parts;
  const shared = sharedOf(document, reading);
  const made = composition(parts, shared, reading);
  if (original === undefined) return;
  const language = attribute(child(document, 'languageCode'), 'code');
  const label = concept(child(document, 'confidentialityCode'));
  const attachment = compact({
    contentType: 'text/xml',
    language: /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/u.test(language) ? language : '',
    data: original.data,
    title: shared.title,
    creation: date,
  });
  reading.make('DocumentReference', keyOf(number, 'DocumentReference'), {
    masterIdentifier: identifierOf(number),
    status: 'current',
    docStatus: shared.attesters.length > 0 ? 'final' : undefined,
    type: shared.type,
    subject: about.patient,
    date: instant,
    author: shared.authors,
    authenticator: shared.attesters[0]?.['party'],
    custodian: shared.custodian,
    relatesTo: shared.relations.map(({ code, number: other }) => ({
      code,
      target: { type: 'DocumentReference', identifier: identifierOf(other) },
    })),
    description: shared.title,
    securityLabel: label === undefined ? [] : [label],
    content: [{ attachment }],
    context: compact({ encounter: about.encounter === undefined ? [] : [about.encounter], related: [made] }),
  });
}
