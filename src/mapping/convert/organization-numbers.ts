import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { identifierType } from './identifier-types.ts';
import { assignerOf, authorityOf, checkDigits, systemOf } from './identifiers.ts';

/** What an organization is known by: its number (XON-10, XON-3) or else its name, and who gave it; value is empty where there is neither. */
export function organizationKey(cell: Cell, to: Converting): { readonly namespace: string; readonly value: string } {
  const value = cell.part(10) || cell.part(3) || cell.part(1);
  return { namespace: to.namespace(authorityOf(cell.part(6), cell.part(6, 2)), 'Organization'), value };
}

/** The number of an XON with its kind and check digit; the number itself is there. */
export function organizationNumber(cell: Cell, namespace: string): unknown {
  const kind = cell.part(7);
  return compact({
    extension: checkDigits(cell.part(4), cell.part(5)),
    type: kind === '' ? undefined : identifierType(kind),
    system: systemOf(namespace, cell.part(6, 2), cell.part(6, 3)),
    value: cell.part(10) || cell.part(3),
    assigner: assignerOf('', cell.part(6), cell.part(6, 2)),
  });
}

/** The number of an XON as Identifier. */
export const toOrganizationNumber: Converter = (cell, to) => {
  if (cell.part(10) === '' && cell.part(3) === '') return undefined;
  return organizationNumber(cell, organizationKey(cell, to).namespace);
};

/** XON to its name, else its number (guide, XON[string]). */
export const organizationText: Converter = (cell) => cell.part(1) || cell.part(10) || cell.part(3) || undefined;
