import type { TraceEntry } from '../result.ts';
import type { Account } from './account.ts';
import type { Cell } from './cell.ts';
import { isObject } from '../../fhir/json.ts';

/** Parts of a value looked at when a leaf is traced back to a component. */
const COMPONENTS = 23;

/** Address of the component that reads like the leaf, else of the whole. */
function addressFor(leaf: string, cell: Cell, account: Account): { address: string; exact: boolean } {
  const base = account.addressOf(cell);
  if (cell.component > 0) return { address: base, exact: cell.text() === leaf };
  for (let n = 1; n <= COMPONENTS; n += 1) {
    if (cell.peek(n) === leaf && cell.peek(n) !== '') {
      return { address: n === 1 && cell.peek(2) === '' ? base : `${base}.${n}`, exact: true };
    }
  }
  return { address: base, exact: false };
}

function addressesOf(leaf: unknown, cells: readonly Cell[], account: Account): readonly string[] {
  const found = cells.map((cell) => addressFor(String(leaf), cell, account));
  const exact = found.filter((one) => one.exact);
  return [...new Set((exact.length > 0 ? exact : found).map(({ address }) => address))];
}

/** One entry for each leaf of a value, with the cells it was made of. */
export function traceValue(
  value: unknown,
  place: { readonly leaf: string; readonly rule: string },
  from: { readonly cells: readonly Cell[]; readonly account: Account },
): readonly TraceEntry[] {
  const { leaf, rule } = place;
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => traceValue(item, { leaf: `${leaf}[${index}]`, rule }, from));
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, part]) => traceValue(part, { leaf: `${leaf}.${name}`, rule }, from));
  }
  return [{ leaf, rule, addresses: addressesOf(value, from.cells, from.account) }];
}
