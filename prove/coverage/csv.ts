import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** One CSV file of HL7's guide: `PID[Patient]` and its rows below the two header lines. */
export interface Sheet {
  /** `PID[Patient]`, `AdministrativeSex`. */
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** Reads CSV with quoted cells that may hold commas, doubled quotes and line breaks. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gu)) {
    rows.at(-1)?.push((quoted?.replaceAll('""', '"') ?? plain ?? '').replaceAll(/\s+/gu, ' ').trim());
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows;
}

/** `HL7 Segment - FHIR R4_ PID[Patient] - PID.csv` to `PID[Patient]`. */
const nameOf = (file: string): string => file.replace(/^.*?_ /u, '').replace(/ - [^-]*\.csv$/u, '');

/** The sheets of a folder of the guide, by name. */
export async function readSheets(folder: string): Promise<readonly Sheet[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.csv')).sort();
  return Promise.all(
    files.map(async (file) => {
      const text = (await readFile(path.join(folder, file), 'utf8')).replace(/^\uFEFF/u, '');
      return { name: nameOf(file), rows: parseCsv(text).slice(2) };
    }),
  );
}
