import { tableSystem } from '../../fhir/v2-tables.ts';
import type { Cell } from '../run/cell.ts';
import { Memory } from '../run/memory.ts';
import { singleSpaced } from './coded.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { periodOf, toDateTime } from './times.ts';

const TYPE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203';
/** The resident identity number of China (GB 11643) is the same whoever reports it. */
const RESIDENT_ID_SYSTEM = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu;
const RESIDENT_ID = /^\d{17}[\dXx]$/u;
const NATIONAL = new Set(['NI', 'NNCHN', 'NN', '01', 'SS']);

/** Who assigned an identifier: its name where it has one (HD-1), else its universal id. */
export function authorityOf(name: string, universalId: string): string {
  return name === '' ? universalId : name;
}

/** URI of a namespace: a URI as it is, an OID or UUID as URN, a name below `urn:jingluo:namespace:`. */
export function systemOf(namespace: string, universalId = '', universalIdType = ''): string {
  return systems.get(`${namespace}\u001f${universalId}\u001f${universalIdType}`, () =>
    readSystem(namespace, universalId, universalIdType),
  );
}

const systems = new Memory<string>();

function readSystem(namespace: string, universalId: string, universalIdType: string): string {
  const id = universalId === '' ? namespace : universalId;
  if (/^[a-z][a-z0-9+.-]*:\S+$/iu.test(id)) return id;
  if (/^[0-2](\.(0|[1-9]\d*))+$/u.test(id)) return `urn:oid:${id}`;
  if (['UUID', 'GUID'].includes(universalIdType) && UUID.test(id)) return `urn:uuid:${id.toLowerCase()}`;
  return `urn:jingluo:namespace:${encodeURIComponent(namespace)}`;
}

/** Parts of a CX or EI that name it. */
interface IdentifierParts {
  readonly value: string;
  readonly kind: string;
  readonly namespace: string;
  readonly system: string;
}

/** Reads CX, EI or XON/XCN identifiers down to value, kind, namespace and system; undefined without a value. */
export function identifierParts(cell: Cell, to: Converting, kindHint = ''): IdentifierParts | undefined {
  const value = cell.part(1).trim();
  if (value === '') return undefined;
  const [name, universalId, idType] = cell.type === 'CX' ? cxAuthority(cell) : eiAuthority(cell);
  const kind = cell.type === 'CX' ? cell.part(5) || kindHint : kindHint;
  const namespace = to.namespace(authorityOf(name, universalId), kind);
  return { value, kind, namespace, system: systemFor(value, kind) ?? systemOf(namespace, universalId, idType) };
}

function cxAuthority(cell: Cell): readonly [string, string, string] {
  return [cell.part(4, 1), cell.part(4, 2), cell.part(4, 3)];
}

function eiAuthority(cell: Cell): readonly [string, string, string] {
  return cell.type === 'EI' ? [cell.part(2), cell.part(3), cell.part(4)] : ['', '', ''];
}

function systemFor(value: string, kind: string): string | undefined {
  return NATIONAL.has(kind) && RESIDENT_ID.test(value) ? RESIDENT_ID_SYSTEM : undefined;
}

/** `{ coding: [{ system, code }] }` of table 0203. */
export function identifierType(kind: string): Readonly<Record<string, unknown>> {
  const code = singleSpaced(kind);
  return { coding: [{ system: tableSystem(TYPE_SYSTEM, code), code }] };
}

/** An Identifier with the kind it is given where the value carries none. */
export function identifierOf(cell: Cell, to: Converting, kindHint = ''): Readonly<Record<string, unknown>> | undefined {
  const parts = identifierParts(cell, to, kindHint);
  if (parts === undefined) return undefined;
  const isCx = cell.type === 'CX';
  const facility = isCx ? cell.part(6) : '';
  const period =
    isCx && (cell.part(7) !== '' || cell.part(8) !== '')
      ? periodOf(cell.at(7, 'DTM'), cell.at(8, 'DTM'), to)
      : undefined;
  return compact({
    type: parts.kind === '' ? undefined : identifierType(parts.kind),
    system: parts.system,
    value: parts.value,
    period,
    assigner: facility === '' ? undefined : { display: facility },
  });
}

/** CX, EI or a bare number to Identifier. */
export const toIdentifier: Converter = (cell, to) => identifierOf(cell, to);

/** PID-19 (SSN): a resident number where it looks like one, else the social security number. */
export const nationalNumber: Converter = (cell, to) => {
  const value = cell.text().replaceAll(/\s/gu, '');
  if (value === '') return undefined;
  if (RESIDENT_ID.test(value) || /^\d{15}$/u.test(value)) {
    return { type: identifierType('NI'), system: RESIDENT_ID_SYSTEM, value: value.toUpperCase() };
  }
  return { type: identifierType('SS'), system: systemOf(to.namespace('', 'SS')), value };
};

/** DLN (PID-20) to Identifier. */
export const licenceToIdentifier: Converter = (cell, to) => {
  const value = cell.part(1);
  if (value === '') return undefined;
  const issuer = cell.part(2);
  return compact({
    type: identifierType('DL'),
    system: systemOf(to.namespace(issuer, 'DL')),
    value,
    period: compact({ end: toDateTime(cell.at(3, 'DTM'), to) }),
  });
};

/** EIP (SPM-2): its filler number, else its placer number. */
export const pairToIdentifier: Converter = (cell, to) => {
  const at = cell.part(2, 1) === '' ? 1 : 2;
  const value = cell.part(at, 1);
  if (value === '') return undefined;
  const namespace = to.namespace(authorityOf(cell.part(at, 2), cell.part(at, 3)), '');
  return { system: systemOf(namespace, cell.part(at, 3), cell.part(at, 4)), value };
};

/** HD to a URI or name. */
export const hdToText: Converter = (cell) => cell.part(1) || cell.part(2) || undefined;

/** OID, UUID or URI text to `uri`. */
export const toUri: Converter = (cell) => {
  const text = cell.text();
  if (text === '') return undefined;
  return /^[0-2](\.\d+)+$/u.test(text) ? `urn:oid:${text}` : text;
};
