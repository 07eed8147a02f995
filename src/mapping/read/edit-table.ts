import { parseDocument } from 'yaml';

/** A row that is added to a table. */
export interface NewRow {
  readonly code: string;
  readonly target: string;
  readonly display?: string;
}

/**
 * The text of a site's YAML table with one more row, comments and order kept; a new table that adds to the base's where
 * there is no text yet.
 */
export function addYamlRow(text: string | undefined, table: string, { code, target, display }: NewRow): string {
  const document = parseDocument(text ?? `table: ${table}\nextends: base/${table}\ncodes: {}\n`);
  const codes = document.get('codes');
  if (typeof codes === 'object' && codes !== null && 'flow' in codes && text === undefined) codes.flow = false;
  document.setIn(['codes', code], display === undefined ? target : { code: target, display });
  return document.toString({ lineWidth: 120 });
}

const cell = (text: string): string => (/[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The text of a site's CSV table with one more row, in the order of its header. */
export function addCsvRow(text: string, { code, target, display = '' }: NewRow): string {
  const header = text.split(/\r?\n/u).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const row: Readonly<Record<string, string>> = { code, target, display };
  const line = header
    .split(',')
    .map((column) => cell(row[column.trim()] ?? ''))
    .join(',');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
