import type { Cell } from '../run/cell.ts';
import { compact, type Converter } from './converting.ts';
import { systemOf } from './identifiers.ts';
import { refer } from './refer.ts';
import { uriOf } from './uris.ts';

/** HD-2 as an identifier: a URI, or a number of the sender where it is not of the form that HD-3 says. */
function universalId(cell: Cell, namespace: string): readonly { readonly system: string; readonly value: string }[] {
  const id = cell.part(2);
  if (id === '') return [];
  const uri = uriOf(id, cell.part(3));
  return [uri === undefined ? { system: systemOf(namespace), value: id } : { system: 'urn:ietf:rfc:3986', value: uri }];
}

/** HD (a facility) to a reference to an Organization. */
export const facilityToOrganization: Converter = (cell, to) => {
  const value = cell.part(1) || cell.part(2);
  if (value === '') return undefined;
  const namespace = to.namespace('', 'Organization');
  const elements = compact({ identifier: universalId(cell, namespace), name: value }) ?? {};
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
  const elements = { identifier: [first], mode: 'instance', name: value };
  return refer({ type: 'Location', value, namespace, display: value }, elements, to);
};
