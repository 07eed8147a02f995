import { V2_TABLES } from './definitions/v2-tables.ts';
import { DICOM_SYSTEM, isDicomCode } from './dicom-codes.ts';
import { namedCodes } from './local-systems.ts';

const BASE = 'http://terminology.hl7.org/CodeSystem/v2-';

// The generated text is the only writer of this shape.
let raw: Readonly<Record<string, string>> | undefined;
const tables = new Map<string, ReadonlySet<string>>();

/**
 * The system of a code of an HL7 v2 table: the table's own URI for its codes, a URN below `urn:jingluo:codes/` for the
 * codes that a site added to it (R4 calls the tables complete, so a code that they lack is not theirs); likewise for
 * DICOM's vocabulary. Any other system is returned as it is.
 */
export function tableSystem(system: string, code: string): string {
  if (system === DICOM_SYSTEM) return isDicomCode(code) ? system : namedCodes('DCM');
  if (!system.startsWith(BASE)) return system;
  const table = system.slice(BASE.length);
  const codes = codesOf(table);
  return codes === undefined || codes.has(code) ? system : namedCodes(`HL7${table}`);
}

function codesOf(table: string): ReadonlySet<string> | undefined {
  const known = tables.get(table);
  if (known !== undefined) return known;
  raw ??= JSON.parse(V2_TABLES) as Readonly<Record<string, string>>;
  const text = raw[table];
  if (text === undefined) return undefined;
  const codes = new Set(text.split('\t'));
  tables.set(table, codes);
  return codes;
}
