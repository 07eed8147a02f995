import { problem, type Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isObject, listOf } from '../fhir/json.ts';
import type { ResourcePatch } from '../fhir/patch.ts';
import type { CdaContext, CdaResult, CdaSurroundings } from './contract.ts';
import { decodeXml } from './decode-xml.ts';
import { makeDocument } from './document.ts';
import { encounterOf, noteUnread, patientNumbers, patientOf, type About } from './header.ts';
import { identifierOf, readNumber, type DocumentNumber } from './numbers.ts';
import { contactPerson } from './people.ts';
import { Reading } from './reading.ts';
import { readSections } from './sections.ts';
import { attribute, child, childrenOf, parseXml, type XmlElement } from './xml.ts';

/**
 * The root of a CDA document.
 * Fails with `cda.charset`, `cda.not-xml` or `cda.not-a-document`.
 */
export function parseDocument(bytes: Uint8Array): Result<XmlElement, Problem> {
  const text = decodeXml(bytes);
  if (!text.ok) return text;
  const root = parseXml(text.value);
  if (!root.ok || root.value.name === 'ClinicalDocument') return root;
  return err(problem('cda.not-a-document', `The root of the document is ${shortName(root.value.name)}.`));
}

const shortName = (name: string): string => (/^\w{1,40}$/u.test(name) ? name : 'something else');

/** What intake must know of a document: its number, and those of its patient, which order it among other messages. */
export interface DocumentIdentity {
  /** Root and extension of ClinicalDocument/id; absent where it has none. */
  readonly document?: string;
  readonly patient: readonly string[];
}

/** Looks at the head of a document alone. */
export function documentIdentity(document: XmlElement): DocumentIdentity {
  const role = child(document, 'recordTarget', 'patientRole');
  const ids = [...childrenOf(role, 'id'), ...childrenOf(child(role, 'patient'), 'id')];
  const own = child(document, 'id');
  const number = [attribute(own, 'root'), attribute(own, 'extension')].join('^');
  return {
    ...(number === '^' ? {} : { document: number }),
    patient: ids.map((id) => attribute(id, 'extension')).filter((value) => value !== ''),
  };
}

/** Values of one system that a message gives its patient. */
function valuesOf(patient: ResourcePatch, system: string): readonly unknown[] {
  const news = patient.elements['identifier'];
  const all =
    news?.kind === 'entries' ? Object.values(news.units).flat() : listOf(news?.kind === 'value' ? news.value : []);
  return all.flatMap((one) => (isObject(one) && one['system'] === system ? [one['value']] : []));
}

/** True where the document gives its patient another number of a system than the message around it. */
function contradicts(numbers: readonly DocumentNumber[], { patient }: CdaSurroundings): boolean {
  return numbers.some((number) => {
    if (number.kind === 'VN') return false;
    const values = valuesOf(patient, String(identifierOf(number)['system']));
    return values.length > 0 && !values.includes(number.value);
  });
}

function aboutMessage(document: XmlElement, around: CdaSurroundings, reading: Reading): Result<About, Problem> {
  const { patient, encounter } = around;
  if (patient.key === undefined) return err(noNumber('recordTarget/patientRole/id'));
  if (contradicts(patientNumbers(document, reading), around)) {
    const text = 'The document is about another patient than the message that holds it.';
    return err(problem('cda.other-patient', text, { path: 'recordTarget/patientRole/id' }));
  }
  const known = { patient: { reference: `Patient/${patient.id}` }, patientKey: patient.key };
  if (encounter?.key === undefined) return ok(known);
  return ok({ ...known, encounter: { reference: `Encounter/${encounter.id}` }, encounterKey: encounter.key });
}

function aboutItself(document: XmlElement, reading: Reading): Result<About, Problem> {
  const known = patientOf(document, reading);
  if (known === undefined) return err(noNumber('recordTarget/patientRole/id'));
  const stay = encounterOf(document, known.patient, reading);
  for (const one of childrenOf(document, 'participant')) contactPerson(one, known.patient, reading);
  return ok({ ...known, ...stay });
}

const noNumber = (path: string): Problem => problem('cda.no-number', 'The document lacks a number there.', { path });

/**
 * Reads a CDA R2 document (HL7 CDA R2, WS/T 500): its patient and stay, the document as Composition and DocumentReference,
 * and what its entries state. Texts without entries stay in the sections of the Composition.
 * Fails with `cda.no-number` or, inside a message, `cda.other-patient`.
 * @param bytes the document as it came; kept whole in the DocumentReference
 */
export function readDocument(document: XmlElement, bytes: Uint8Array, context: CdaContext): Result<CdaResult, Problem> {
  const reading = new Reading(context);
  const { within } = context;
  const about = within === undefined ? aboutItself(document, reading) : aboutMessage(document, within, reading);
  if (!about.ok) return about;
  const number = readNumber(child(document, 'id'), reading);
  if (number === undefined) return err(noNumber('ClinicalDocument/id'));
  const set = readNumber(child(document, 'setId'), reading) ?? number;
  const written = reading.time(attribute(child(document, 'effectiveTime'), 'value'), 'ClinicalDocument/effectiveTime');
  const sections = readSections(document, '', { about: about.value, document: set, reading });
  const original = within === undefined ? { original: { data: Buffer.from(bytes).toString('base64') } } : {};
  const exact = written?.instant === undefined ? {} : { instant: written.instant };
  const date = written?.dateTime ?? context.receivedAt.toISOString();
  makeDocument({ document, about: about.value, number, set, date, ...exact, sections, ...original }, reading);
  noteUnread(document, reading);
  const at = written === undefined ? {} : { writtenAt: written.dateTime };
  return ok({ ...at, patches: reading.patches, unmapped: reading.unmapped, warnings: reading.warnings });
}
