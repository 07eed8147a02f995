import type { Cell } from '../run/cell.ts';
import { Memory } from '../run/memory.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { CODE_PLACES, singleSpaced } from './coded.ts';
import { compact, Several, type Converter, type Converting } from './converting.ts';
import { identifierType } from './identifier-types.ts';
import { periodOf, toDateTime } from './times.ts';
import { namedNamespace } from '../../fhir/local-systems.ts';
import { encoded, uriOf } from '../../fhir/uris.ts';

/** The resident identity number of China (GB 11643) is the same whoever reports it. */
const RESIDENT_ID_SYSTEM = 'urn:oid:2.16.840.1.113883.2.23.1.19.1';
const RESIDENT_ID = /^\d{17}[\dXx]$/u;
const NATIONAL = new Set(['NI', 'NNCHN', 'NN', '01', 'SS']);

/** Who assigned an identifier: its name where it has one (HD-1), else its universal id. */
export function authorityOf(name: string, universalId: string): string {
  return name === '' ? universalId : name;
}

/** URI of a namespace: a URI as it is, an OID or UUID as URN, a name below `urn:jingluo:namespace/`. */
export function systemOf(namespace: string, universalId = '', universalIdType = ''): string {
  return systems.get(`${namespace}\u001f${universalId}\u001f${universalIdType}`, () =>
    readSystem(namespace, universalId, universalIdType),
  );
}

const systems = new Memory<string>();

function readSystem(namespace: string, universalId: string, universalIdType: string): string {
  const id = universalId === '' ? namespace : universalId;
  return uriOf(id, universalIdType) ?? namedNamespace(namespace);
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

/** CX-4; without it the agency (CX-10) or jurisdiction (CX-9) that gave the number, of which one is then required. */
function cxAuthority(cell: Cell): readonly [name: string, id: string, type: string] {
  const [name, id] = [cell.part(4, 1), cell.part(4, 2)];
  if (name !== '' || id !== '' || cell.count < 9) return [name, id, cell.part(4, 3)];
  return [cell.part(10) || cell.part(9), '', ''];
}

function eiAuthority(cell: Cell): readonly [string, string, string] {
  return cell.type === 'EI' ? [cell.part(2), cell.part(3), cell.part(4)] : ['', '', ''];
}

/** System that a number has whoever reports it; undefined where it is that of its namespace. */
export function systemFor(value: string, kind: string): string | undefined {
  return NATIONAL.has(kind) && RESIDENT_ID.test(value) ? RESIDENT_ID_SYSTEM : undefined;
}

const NO_EXTENSIONS: readonly unknown[] = [];

/** The check digit of a number and its scheme (table 0061). */
export function checkDigits(digit: string, scheme: string): readonly unknown[] {
  if (digit === '') return NO_EXTENSIONS;
  const extension = { url: EXTENSIONS.checkDigit.url, valueString: digit };
  return scheme === '' ? [extension] : [extension, { url: EXTENSIONS.checkScheme.url, valueString: scheme }];
}

/** What only a CX says beside number, kind and authority. */
interface CxDetails {
  readonly extension: readonly unknown[];
  readonly period: unknown;
  readonly assigner: unknown;
}

/**
 * Who assigned a number, by name: the facility, else the authority whose system is written by its universal id, so that
 * its name is not lost; that one is called an Organization.
 */
export function assignerOf(facility: string, name: string, universalId: string): unknown {
  if (facility !== '') return { display: facility };
  return name === '' || uriOf(universalId) === undefined ? undefined : { type: 'Organization', display: name };
}

function cxDetails(cell: Cell, to: Converting): CxDetails | undefined {
  if (cell.type !== 'CX') return undefined;
  const { count } = cell;
  const facility = count < 6 ? '' : cell.part(6) || cell.part(6, 2);
  const hasPeriod = count >= 7 && (cell.peek(7) !== '' || cell.peek(8) !== '');
  return {
    extension: checkDigits(cell.part(2), cell.part(3)),
    period: hasPeriod ? periodOf(cell.at(7, 'DTM'), cell.at(8, 'DTM'), to) : undefined,
    assigner: assignerOf(facility, cell.part(4), cell.part(4, 2)),
  };
}

const eiAssigner = (cell: Cell): unknown =>
  cell.type === 'EI' ? assignerOf('', cell.part(2), cell.part(3)) : undefined;

/** An Identifier with the kind it is given where the value carries none. */
export function identifierOf(cell: Cell, to: Converting, kindHint = ''): Readonly<Record<string, unknown>> | undefined {
  const parts = identifierParts(cell, to, kindHint);
  if (parts === undefined) return undefined;
  const details = cxDetails(cell, to);
  return compact({
    extension: details?.extension,
    type: parts.kind === '' ? undefined : identifierType(parts.kind),
    system: parts.system,
    value: parts.value,
    period: details?.period,
    assigner: details === undefined ? eiAssigner(cell) : details.assigner,
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
  const system = US_SSN.test(value) ? US_SSN_SYSTEM : systemOf(to.namespace('', 'SS'));
  return { type: identifierType('SS'), system, value };
};

/** A social security number of the United States as it is written there; another form may be any country's. */
const US_SSN = /^\d{3}-\d{2}-\d{4}$/u;
const US_SSN_SYSTEM = 'http://hl7.org/fhir/sid/us-ssn';

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

/** EIP to both of its numbers, the placer's and the filler's (guide, EIP[Identifier-…]). */
export const pairToIdentifiers: Converter = (cell, to) =>
  new Several(
    PAIR.flatMap(([at, kind]) => {
      const value = cell.part(at, 1);
      if (value === '') return [];
      const namespace = to.namespace(authorityOf(cell.part(at, 2), cell.part(at, 3)), kind);
      return [{ type: identifierType(kind), system: systemOf(namespace, cell.part(at, 3), cell.part(at, 4)), value }];
    }),
  );

const PAIR = [
  [1, 'PGN'],
  [2, 'FGN'],
] as const;

/** EIP (SPM-2): its filler number, else its placer number. */
export const pairToIdentifier: Converter = (cell, to) => {
  const at = cell.part(2, 1) === '' ? 1 : 2;
  const value = cell.part(at, 1);
  if (value === '') return undefined;
  const namespace = to.namespace(authorityOf(cell.part(at, 2), cell.part(at, 3)), '');
  return { system: systemOf(namespace, cell.part(at, 3), cell.part(at, 4)), value };
};

/** HD to a name, else its universal id. */
export const hdToText: Converter = (cell) => cell.part(1) || cell.part(2) || undefined;

/** HD to a URI: its universal id as URN, else the namespace of its name. */
export const hdToUri: Converter = (cell) => {
  const [name, id] = [cell.part(1), cell.part(2)];
  return name === '' && id === '' ? undefined : systemOf(authorityOf(name, id), id, cell.part(3));
};

/** OID, UUID or URI text to `uri`. */
export const toUri: Converter = (cell) => {
  const text = cell.text();
  return text === '' ? undefined : (uriOf(text) ?? encoded(text));
};

/** CWE to `uri`: its first code, else the alternate one. */
export const conceptToUri: Converter = (cell) => {
  const text = cell.part(1) || cell.part(4);
  return text === '' ? undefined : (uriOf(text) ?? encoded(text));
};

/** EI to Coding: the number as a code of who gave it. */
export const toCoding: Converter = (cell, to) => {
  const parts = identifierParts(cell, to);
  return parts === undefined ? undefined : { system: parts.system, code: singleSpaced(parts.value) };
};

/** CWE to Identifiers: each of its codes in its coding system (guide, CWE[Identifier]). */
export const conceptToIdentifier: Converter = (cell, to) =>
  new Several(
    CODE_PLACES.flatMap((at) => {
      const value = cell.part(at);
      if (value === '') return [];
      const name = cell.part(at + 2);
      return [{ system: (name === '' ? undefined : to.codeSystem(name)) ?? systemOf(to.namespace('', '')), value }];
    }),
  );
