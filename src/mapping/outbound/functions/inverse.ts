import { textOf } from '../convert/converter.ts';
import { lookUp, type Table, type TableRow } from '../../tables/table.ts';

/** A translation table read from right to left. */
export interface Inverse {
  /** The first code that the table turns into this one; the system counts where both sides have one. */
  find(code: string, system: unknown): string | undefined;
  /** True where the table turns a code into this coding. */
  gives(code: string, coding: Readonly<Record<string, unknown>>): boolean;
}

const inverses = new WeakMap<Table, Inverse>();

/** The inverse of a table, made once. */
export function invert(table: Table): Inverse {
  const known = inverses.get(table);
  if (known !== undefined) return known;
  const made = inverseOf(table);
  inverses.set(table, made);
  return made;
}

function inverseOf(table: Table): Inverse {
  const codes = new Map<string, string>();
  for (const [code, row] of table.rows) {
    const key = `${row.code}\u001f${systemOf(row, table)}`;
    if (!codes.has(key)) codes.set(key, code);
    if (!codes.has(row.code)) codes.set(row.code, code);
  }
  return {
    find: (code, system) => {
      const uri = textOf(system);
      return uri === '' ? codes.get(code) : (codes.get(`${code}\u001f${uri}`) ?? codes.get(`${code}\u001f`));
    },
    gives: (code, coding) => {
      const row = lookUp(table, code);
      if (row?.code !== textOf(coding['code'])) return false;
      const [own, its] = [systemOf(row, table), textOf(coding['system'])];
      return own === '' || its === '' || own === its;
    },
  };
}

const systemOf = (row: TableRow, table: Table): string => row.system ?? table.system ?? '';
