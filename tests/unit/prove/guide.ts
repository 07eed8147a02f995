import type { MappingFile } from '../../../src/mapping/contract.ts';
import { baseTables, describeMappings, type DescribedMapping } from '../../../src/mapping/describe/describe.ts';
import type { Table } from '../../../src/mapping/tables/table.ts';
import { Differences } from '../../../prove/coverage/differences.ts';
import type { Sheet } from '../../../prove/coverage/csv.ts';

/** A row of a segment or data type map: field or component, element, what the guide assigns, the concept map. */
export type GuideRow = readonly [from: string, attribute: string, assignment?: string, vocabulary?: string];

const CELLS = 20;

function cells(...placed: readonly (readonly [number, string])[]): readonly string[] {
  const row = Array.from({ length: CELLS }, () => '');
  for (const [at, text] of placed) row[at] = text;
  return row;
}

/** A sheet as the guide's CSV has it; an element that begins with `?` is one that the guide only proposes. */
export function sheet(name: string, ...rows: readonly GuideRow[]): Sheet {
  const made = rows.map(([from, attribute, assignment = '', vocabulary = '']) =>
    cells(
      [1, from],
      [attribute.startsWith('?') ? 10 : 9, attribute.replace(/^\?/u, '')],
      [15, vocabulary],
      [16, assignment],
    ),
  );
  return { name, rows: made };
}

/** A message map: place of the segment, the resource, the segment map. */
export const messageSheet = (name: string, ...rows: readonly (readonly [string, string, string])[]): Sheet => ({
  name,
  rows: rows.map(([place, target, map]) => cells([1, place], [9, target], [10, map])),
});

/** A concept map: code and what it becomes. */
export const codeSheet = (name: string, ...rows: readonly (readonly [string, string])[]): Sheet => ({
  name,
  rows: rows.map(([code, target]) => cells([0, code], [6, target])),
});

/** What the tests judge: a mapping of one message with these rule sets (YAML below `resources:`), and these tables. */
function filesOf(resources: string, tables: Readonly<Record<string, string>>): readonly MappingFile[] {
  const parts = '[MSH, PID, PD1?, NK1*, PV1?, ROL*, OBR?, OBX*, SCH?]';
  return [
    { path: 'structures/EXA_E01.yaml', text: `structure: EXA_E01\nparts: ${parts}` },
    { path: 'base/EXA_E01.yaml', text: `map: EXA_E01\nevents: [E01]\nresources:\n${resources}` },
    ...Object.entries(tables).map(([name, text]) => ({ path: `tables/${name}.yaml`, text: `table: ${name}\n${text}` })),
  ];
}

/** The mapping as the judges see it. */
export function described(
  resources: string,
  tables: Readonly<Record<string, string>> = {},
): readonly DescribedMapping[] {
  const result = describeMappings(filesOf(resources, tables));
  return result.ok ? result.value : [];
}

export const tablesOf = (tables: Readonly<Record<string, string>>): ReadonlyMap<string, Table> =>
  baseTables(filesOf('  {}', tables));

/** docs/guide-differences.yaml with these entries. */
export const differences = (data: unknown = {}): Differences => new Differences(data);

/** The rows of one sheet as `from: state (note)`. */
export const states = (
  rows: readonly { readonly from: string; readonly state: string; readonly note: string }[] | undefined,
): readonly string[] =>
  (rows ?? []).map(({ from, state, note }) => `${from}: ${state}${note === '' ? '' : ` (${note})`}`);
