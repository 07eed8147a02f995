import { problem, type Problem } from '../../core/problem.ts';
import { child, entriesOf, textAt, type Node } from '../source/node.ts';
import type { Table, TableRow } from '../tables/table.ts';

/** A table as its file gives it; `extends` takes over the rows of the table of that name below it. */
export interface TableFile {
  readonly table: Table;
  readonly extends: boolean;
  /** The file says itself what becomes of a code that the table lacks. */
  readonly hasDefault: boolean;
}

function readRow(node: Node): TableRow {
  if (node.kind !== 'map') return { code: textAt(node) ?? '' };
  const system = textAt(child(node, 'system'));
  const display = textAt(child(node, 'display'));
  return {
    code: textAt(child(node, 'code')) ?? '',
    ...(system === undefined ? {} : { system }),
    ...(display === undefined ? {} : { display }),
  };
}

/** Reads a YAML table. */
export function readTable(node: Node): TableFile {
  const system = textAt(child(node, 'system'));
  const rows = new Map(entriesOf(child(node, 'codes')).map(({ key, value }) => [key, readRow(value)]));
  const table = {
    name: textAt(child(node, 'table')) ?? '',
    default: textAt(child(node, 'default')) ?? 'unmapped',
    rows,
    ...(system === undefined ? {} : { system }),
  };
  const hasDefault = child(node, 'default') !== undefined;
  return { table, extends: child(node, 'extends') !== undefined, hasDefault };
}

function splitLine(line: string): readonly string[] {
  const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/gu) ?? [];
  return cells.map((cell) =>
    cell
      .replace(/,$/u, '')
      .replace(/^"(.*)"$/u, '$1')
      .replaceAll('""', '"')
      .trim(),
  );
}

/**
 * Reads a CSV table: lines `# key: value` (default, system, extends), a header line `code,target[,display[,system]]`,
 * rows.
 */
export function readCsvTable(file: string, name: string, text: string, faults: Problem[]): TableFile {
  const settings = new Map<string, string>();
  const rows = new Map<string, TableRow>();
  let header: readonly string[] | undefined;
  text.split(/\r?\n/u).forEach((line, index) => {
    const setting = /^#\s*(\w+):\s*(.+)$/u.exec(line);
    if (setting !== null) settings.set(setting[1] ?? '', (setting[2] ?? '').trim());
    if (line.trim() === '' || line.startsWith('#')) return;
    const cells = splitLine(line);
    if (header === undefined) {
      header = cells;
      return;
    }
    const at = (column: string): string => cells[header?.indexOf(column) ?? -1] ?? '';
    const [code, target, display, system] = [at('code'), at('target'), at('display'), at('system')];
    if (code === '' || target === '') {
      faults.push(problem('mapping.shape', 'a row needs code and target', { file, line: index + 1, column: 1 }));
      return;
    }
    rows.set(code, { code: target, ...(display === '' ? {} : { display }), ...(system === '' ? {} : { system }) });
  });
  const system = settings.get('system');
  const table = {
    name,
    default: settings.get('default') ?? 'unmapped',
    rows,
    ...(system === undefined ? {} : { system }),
  };
  return { table, extends: settings.get('extends') === 'true', hasDefault: settings.has('default') };
}

/** The table as it counts: with the rows of the one below it where it extends that. */
export function extendTable(file: TableFile, below: Table | undefined): Table {
  if (!file.extends || below === undefined) return file.table;
  const preset = file.hasDefault ? file.table.default : below.default;
  return { ...below, ...file.table, default: preset, rows: new Map([...below.rows, ...file.table.rows]) };
}
