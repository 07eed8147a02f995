import { tableSystem } from '../../fhir/v2-tables.ts';
import type { Cell } from '../run/cell.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { identifierType } from './identifier-types.ts';
import { assignerOf, authorityOf, checkDigits, systemOf } from './identifiers.ts';
import { organizationKey, organizationNumber } from './organization-numbers.ts';
import { professionalName, professionalToText, textOfName } from './names.ts';
import { refer } from './refer.ts';

function xcnAuthority(cell: Cell): readonly [name: string, id: string, type: string] {
  return cell.type === 'CNN'
    ? [cell.part(9), cell.part(10), cell.part(11)]
    : [cell.part(9), cell.part(9, 2), cell.part(9, 3)];
}

/** The number of a person and who gave it; value is empty where there is none. */
export function practitionerKey(cell: Cell, to: Converting): { readonly namespace: string; readonly value: string } {
  const [name, id] = xcnAuthority(cell);
  return { namespace: to.namespace(authorityOf(name, id), 'Practitioner'), value: cell.part(1) };
}

/**
 * XCN or CN to a reference to a Practitioner, who is made known with number and name. Without a number there is nobody
 * to refer to, only a name to show.
 */
export const toPractitioner: Converter = (cell, to) => {
  const value = cell.part(1);
  const person = professionalName(cell, to);
  const display = textOfName(person) ?? (value || undefined);
  if (value === '') return display === undefined ? undefined : { display };
  const { namespace } = practitionerKey(cell, to);
  const identifier = numberOf(cell, namespace);
  const elements = compact({
    identifier: [identifier],
    name: person === undefined ? [] : [person],
    qualification: degreesOf(cell),
  });
  return refer(
    { type: 'Practitioner', value, namespace, display: display === value ? undefined : display },
    elements,
    to,
  );
};

/** The number of a person with its kind, check digit and who gave it. */
function numberOf(cell: Cell, namespace: string): unknown {
  const [name, id, idType] = xcnAuthority(cell);
  const isFull = cell.type === 'XCN' && cell.count > 10;
  const kind = isFull ? cell.part(13) : '';
  const facility = isFull ? cell.part(14) || cell.part(14, 2) : '';
  return compact({
    extension: isFull ? checkDigits(cell.part(11), cell.part(12)) : [],
    type: kind === '' ? undefined : identifierType(kind),
    system: systemOf(namespace, id, idType),
    value: cell.part(1),
    assigner: assignerOf(facility, name, id),
  });
}

/** XCN or CN to the number of the person, in the system of who gave it. */
export const toPersonNumber: Converter = (cell, to) =>
  cell.part(1) === '' ? undefined : numberOf(cell, practitionerKey(cell, to).namespace);

const DEGREES = 'http://terminology.hl7.org/CodeSystem/v2-0360';

/** XCN-7: the degree, which is also a suffix of the name as it is shown. */
function degreesOf(cell: Cell): readonly unknown[] {
  const code = cell.part(7);
  if (code === '') return [];
  const system = tableSystem(DEGREES, code);
  // What the table lacks is a title as a person writes it.
  return [{ code: system === DEGREES ? { coding: [{ system, code }] } : { text: code } }];
}

/** XON to a reference to an Organization, known by number (XON-10, XON-3) or by name. */
export const toOrganization: Converter = (cell, to) => {
  const name = cell.part(1);
  const number = cell.part(10) || cell.part(3);
  const { namespace, value } = organizationKey(cell, to);
  if (value === '') return undefined;
  const identifier = number === '' ? [] : [organizationNumber(cell, namespace)];
  const kind = cell.count < 2 ? '' : cell.part(2);
  const extension =
    kind === ''
      ? []
      : [
          {
            url: EXTENSIONS.organizationNameType.url,
            valueCoding: { system: tableSystem(NAME_TYPES, kind), code: kind },
          },
        ];
  const elements = compact({ extension, identifier, name: name === '' ? value : name });
  return refer({ type: 'Organization', value, namespace, display: name || undefined }, elements, to);
};

const NAME_TYPES = 'http://terminology.hl7.org/CodeSystem/v2-0204';

/** CWE (a department: code and name) to a reference to an Organization. */
export const conceptToOrganization: Converter = (cell, to) => {
  const code = cell.part(1);
  const name = cell.part(9) || cell.part(2);
  const value = code === '' ? name : code;
  if (value === '') return undefined;
  const codes = cell.part(3);
  const namespace = to.namespace(codes, 'Organization');
  const system = (codes === '' ? undefined : to.codeSystem(codes)) ?? systemOf(namespace);
  const elements = { identifier: [{ system, value }], name: name === '' ? value : name };
  return refer({ type: 'Organization', value, namespace, display: name || value }, elements, to);
};

/** XON to a reference to a Location, known by number or name (guide, XON[Location]). */
export const organizationToLocation: Converter = (cell, to) => {
  const name = cell.part(1);
  const { namespace, value } = organizationKey(cell, to);
  if (value === '') return undefined;
  const hasNumber = cell.part(10) !== '' || cell.part(3) !== '';
  const identifier = hasNumber ? [organizationNumber(cell, namespace)] : [];
  const elements = compact({ identifier, mode: 'instance', name: name === '' ? value : name });
  return refer({ type: 'Location', value, namespace, display: name || undefined }, elements, to);
};

/** A name only (ST, CWE, XPN): a reference that shows it and points nowhere. */
export const toDisplay: Converter = (cell, to) => {
  const shown = cell.type === 'CWE' ? cell.part(2) || cell.part(1) : professionalOrText(cell, to);
  return shown === '' ? undefined : { display: shown };
};

function professionalOrText(cell: Cell, to: Converting): string {
  const text = cell.type === 'XCN' ? professionalToText(cell, to) : cell.text();
  return typeof text === 'string' ? text : '';
}
