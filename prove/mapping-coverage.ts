import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { readTree } from '../src/app/files.ts';
import { HOME } from '../src/app/home.ts';
import { formatProblem } from '../src/core/problem.ts';
import { baseTables, describeMappings, type DescribedMapping } from '../src/mapping/describe/describe.ts';
import type { Table } from '../src/mapping/tables/table.ts';
import { judgeCodes } from './coverage/codesystems.ts';
import { readSheets } from './coverage/csv.ts';
import { judgeTypes } from './coverage/datatypes.ts';
import { readDifferences, type Differences } from './coverage/differences.ts';
import type { JudgedSheet } from './coverage/judged.ts';
import { judgeMessages } from './coverage/messages.ts';
import { coveragePage } from './coverage/page.ts';
import { judgeSegments } from './coverage/segments.ts';
import { result } from './say.ts';

/**
 * Compares HL7's v2-to-FHIR guide, row by row, with what our mappings do, and writes docs/mapping-coverage.md.
 * Usage: npm run prove:coverage -- --guide FOLDER [--only PID] [--all]
 * FOLDER holds the guide's CSV files in `messages/`, `segments/`, `datatypes/`, `codesystems/`. With `--only` nothing is written: the
 * rows of the sheets whose name begins so are listed, those that lack something (with `--all`: all of them).
 * Exit code: 0 done, 1 reasons of docs/guide-differences.yaml that no row needs, 2 the mappings have faults.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { guide: { type: 'string' }, only: { type: 'string' }, all: { type: 'boolean' } },
  });
  const files = await readTree(path.join(HOME, 'mappings'), ['.yaml', '.csv']);
  const described = describeMappings(files);
  if (!described.ok) {
    for (const one of described.error) result(formatProblem(one));
    return 2;
  }
  const tables = baseTables(files);
  const guide = values.guide ?? '';
  const differences = await readDifferences(path.join(HOME, 'docs', 'guide-differences.yaml'));
  const parts = await judgeAll(guide, described.value, { tables, differences });
  if (values.only !== undefined) {
    list(parts, values.only, values.all === true);
    return 0;
  }
  await writeFile(path.join(HOME, 'docs', 'mapping-coverage.md'), coveragePage(parts));
  for (const unused of differences.unused) result(`no row needs the reason of ${unused}`);
  return differences.unused.length === 0 ? 0 : 1;
}

async function judgeAll(
  guide: string,
  mappings: readonly DescribedMapping[],
  { tables, differences }: { readonly tables: ReadonlyMap<string, Table>; readonly differences: Differences },
): Promise<ReadonlyMap<string, readonly JudgedSheet[]>> {
  const codeSystems = new Map([...(tables.get('coding-systems')?.rows ?? [])].map(([name, { code }]) => [name, code]));
  const segments = await readSheets(path.join(guide, 'segments'));
  const types = await readSheets(path.join(guide, 'datatypes'));
  const codes = await readSheets(path.join(guide, 'codesystems'));
  const messages = await readSheets(path.join(guide, 'messages'));
  const judged = judgeSegments(segments, mappings, differences);
  return new Map([
    ['Messages', judgeMessages(messages, mappings, { differences, segments: judged })],
    ['Segments', judged],
    ['Data types', judgeTypes(types, mappings, { codeSystems, differences })],
    ['Code maps', judgeCodes(codes, segments, types, { mappings, tables, differences })],
  ]);
}

function list(parts: ReadonlyMap<string, readonly JudgedSheet[]>, only: string, all: boolean): void {
  for (const sheet of [...parts.values()].flat()) {
    if (!sheet.name.startsWith(only)) continue;
    const lacking = sheet.rows.filter(({ state }) => all || state === 'missing' || state === 'elsewhere');
    result(`${sheet.name}: ${sheet.rows.length} rows, ${lacking.length} shown`);
    for (const { state, from, to, note } of lacking) result(`  ${state.padEnd(9)} ${from} -> ${to}   ${note}`);
  }
}

process.exitCode = await main();
