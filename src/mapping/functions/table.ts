import { NOTHING, type Call, type Compiled, type MappingFunction } from '../compile/compiled.ts';
import { rowToCoding, type Coded } from '../convert/coded.ts';
import { mapItems } from '../compile/map-items.ts';
import { didYouMean } from '../../core/nearest.ts';
import { Cell, Made, cellsOf, isNull, textOf, type Item } from '../run/cell.ts';
import type { Run } from '../run/run.ts';
import { lookUp, type Table, type TableRow } from '../tables/table.ts';
import { literalArgument } from './arguments.ts';

/** The table a call names; notes a fault where there is none. */
export function tableOf(call: Call): Table | undefined {
  const name = literalArgument(call.args, 0) ?? '';
  const { around } = call.context;
  const table = around.table(name);
  if (table === undefined) {
    call.fail(
      'mapping.unknown-name',
      `there is no table "${name}"${didYouMean(name, around.surroundings.tables.keys())}`,
    );
  }
  return table;
}

/** A table as one rule uses it. */
interface Use {
  readonly table: Table;
  readonly fallback: string | undefined;
  /** What its rows give, made once for each: the same codes come again and again. */
  readonly known: Map<TableRow, Coded>;
}

function codedOf({ table, known }: Use, row: TableRow): Coded {
  const found = known.get(row);
  if (found !== undefined) return found;
  const { code, display } = row;
  const plain = { code, system: row.system ?? table.system, display };
  const made = { ...plain, coding: rowToCoding(plain) };
  known.set(row, made);
  return made;
}

function coded(use: Use, code: string, item: Item): Coded | undefined {
  const row = lookUp(use.table, code);
  if (row === undefined) return undefined;
  const made = codedOf(use, row);
  if (!(item instanceof Cell)) return made;
  return { code: made.code, system: made.system, display: made.display, coding: made.coding, original: item };
}

function unknown({ table, fallback }: Use, item: Item): Made | undefined {
  const code = textOf(item);
  const instead = fallback ?? table.default;
  const cells = item instanceof Cell ? [item] : item.cells;
  if (instead === 'keep') {
    const kept: Coded = item instanceof Cell ? { code, original: item, kept: true } : { code };
    return new Made('coded', kept, cells);
  }
  if (fallback === undefined && (instead === 'unmapped' || instead === 'nothing')) return undefined;
  return new Made('coded', { code: instead, system: table.system }, []);
}

function translateItem(use: Use, item: Item, run: Run): Item | undefined {
  const { table, fallback } = use;
  const code = textOf(item);
  const found = coded(use, code, item);
  if (found !== undefined) return new Made('coded', found, item instanceof Cell ? [item] : item.cells);
  const instead = unknown(use, item);
  const quiet = fallback === undefined && table.default !== 'unmapped';
  if (!quiet && code !== '' && item instanceof Cell) run.lacksCode(item, table.name);
  return instead;
}

/** `table(NAME[, FALLBACK])`. */
export const tableFunction: MappingFunction = {
  name: 'table',
  usage: 'table(NAME[, FALLBACK])',
  summary: 'The code that a table gives for the value; FALLBACK where there is no value or no such code.',
  examples: [
    { hl7: 'PID||||||||?', element: 'Patient.gender', rule: 'PID-8 | table(gender)', value: undefined },
    { hl7: 'PID||||||||F', element: 'Patient.gender', rule: 'PID-8 | table(gender)', value: 'female' },
    { hl7: 'PID|', element: 'Patient.gender', rule: 'PID-8 | table(gender, unknown)', value: 'unknown' },
  ],
  bind(call): Compiled {
    const table = tableOf(call);
    if (table === undefined) return NOTHING;
    const fallback = literalArgument(call.args, 1);
    const input = call.input();
    const use: Use = { table, fallback, known: new Map() };
    const translate = (item: Item, run: Run): Item | undefined => translateItem(use, item, run);
    return {
      types: ['coded'],
      many: input.many,
      constant: input.constant === true,
      needs: fallback === undefined ? input.needs : undefined,
      evaluate: (env) => {
        const items = input.evaluate(env);
        if (fallback !== undefined && items.every(isNull)) {
          return [new Made('coded', { code: fallback }, items.flatMap(cellsOf))];
        }
        return mapItems(items, translate, env.run);
      },
    };
  },
};
