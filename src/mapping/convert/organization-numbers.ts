import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { authorityOf, systemOf } from './identifiers.ts';

/** What an organization is known by: its number (XON-10, XON-3) or else its name, and who gave it; value is empty where there is neither. */
export function organizationKey(cell: Cell, to: Converting): { readonly namespace: string; readonly value: string } {
  const value = cell.part(10) || cell.part(3) || cell.part(1);
  return { namespace: to.namespace(authorityOf(cell.part(6), cell.part(6, 2)), 'Organization'), value };
}

/** The number of an XON as Identifier. */
export const toOrganizationNumber: Converter = (cell, to) => {
  const value = cell.part(10) || cell.part(3);
  if (value === '') return undefined;
  const { namespace } = organizationKey(cell, to);
  return compact({ system: systemOf(namespace, cell.part(6, 2), cell.part(6, 3)), value });
};
