import { tableSystem } from '../../fhir/v2-tables.ts';
import type { Cell } from '../run/cell.ts';
import type { Converter } from './converting.ts';
import { systemOf } from './identifiers.ts';
import { refer } from './refer.ts';
import { uriOf } from '../../fhir/uris.ts';

/** HD-2 as an identifier: a URI, or a number of the sender where it is not of the form that HD-3 says. */
export function universalId(cell: Cell, namespace: string): readonly unknown[] {
  const id = cell.part(2);
  if (id === '') return [];
  const kind = cell.part(3);
  const uri = uriOf(id, kind);
  const type = universalIdType(kind);
  const own = uri === undefined ? { system: systemOf(namespace), value: id } : { system: URIS, value: uri };
  return [type === undefined ? own : { type, ...own }];
}

const URIS = 'urn:ietf:rfc:3986';
const KINDS = 'http://terminology.hl7.org/CodeSystem/v2-0301';

/** HD-3 or EI-4 as the kind of an identifier (guide, ID[CodeableConcept-UniversalID]). */
function universalIdType(code: string): unknown {
  return code === '' ? undefined : { coding: [{ system: tableSystem(KINDS, code), code }] };
}

/** HD to Identifier: its universal id with its kind, else its name. */
export const hdToIdentifier: Converter = (cell, to) => {
  const namespace = to.namespace('', 'HD');
  const [id] = universalId(cell, namespace);
  const name = cell.part(1);
  return id ?? (name === '' ? undefined : { system: systemOf(namespace), value: name });
};

/** HD (a facility) to a reference to an Organization. */
export const facilityToOrganization: Converter = (cell, to) => {
  const value = cell.part(1) || cell.part(2);
  if (value === '') return undefined;
  const namespace = to.namespace('', 'Organization');
  const name = cell.part(1);
  const own = name === '' ? [] : [{ system: systemOf(namespace), value: name }];
  const elements = { identifier: [...own, ...universalId(cell, namespace)], name: value };
  return refer({ type: 'Organization', value, namespace, display: value }, elements, to);
};

/** HD (an application) to a reference to a Device, known by its name and its universal id (guide, HD[Device]). */
export const applicationToDevice: Converter = (cell, to) => {
  const name = cell.part(1);
  const value = name || cell.part(2);
  if (value === '') return undefined;
  const namespace = to.namespace('', 'Device');
  const own = name === '' ? [] : [{ system: systemOf(namespace), value: name }];
  const identifier = [...own, ...universalId(cell, namespace)];
  return refer({ type: 'Device', value, namespace, display: value }, { identifier }, to);
};

/** HD (a facility) to a reference to a Location. */
export const facilityToLocation: Converter = (cell, to) => {
  const value = cell.part(1) || cell.part(2);
  if (value === '') return undefined;
  const namespace = to.namespace('', 'Location');
  const [first = { system: systemOf(namespace), value }] = universalId(cell, namespace);
  const elements = { identifier: [first], mode: 'instance', name: value, physicalType: SITE };
  return refer({ type: 'Location', value, namespace, display: value }, elements, to);
};

const SITE = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-physical-type', code: 'si' }] };
