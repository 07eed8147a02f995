import { tableSystem } from '../../fhir/v2-tables.ts';
import type { Cell } from '../run/cell.ts';
import { fieldSystem } from '../types/hl7-tables.ts';
import { compact, type Converter, type Converting } from './converting.ts';

/** A code that a table gave, with the cell it stands for. */
export interface Coded {
  readonly code: string;
  readonly system?: string | undefined;
  readonly display?: string | undefined;
  /** The same as Coding, where it is known from before. */
  readonly coding?: Coding | undefined;
  /** What was sent, kept beside the translation. */
  readonly original?: Cell | undefined;
  /** The table lacks the code: it stays what was sent. */
  readonly kept?: true;
}

type Coding = Readonly<Record<string, unknown>>;

/** A code may hold single spaces inside (R4 datatypes.html#code). */
export function singleSpaced(text: string): string {
  const trimmed = text.trim();
  return SPACES.test(trimmed) ? trimmed.replaceAll(/\s+/gu, ' ') : trimmed;
}

const SPACES = /\s/u;

/** Where the codes of a CWE stand; its text is behind it, the name of its system behind that. */
export const CODE_PLACES = [1, 4, 10] as const;

/** Where the parts of one of the three codings of a CWE stand; the display is behind the code, its system behind that. */
interface Slot {
  readonly code: number;
  readonly version: number;
  readonly oid: number;
}

const FIRST: Slot = { code: 1, version: 7, oid: 14 };
const SECOND: Slot = { code: 4, version: 8, oid: 17 };
const THIRD: Slot = { code: 10, version: 13, oid: 20 };

/** URI of the system of a coding: by its name, else by its OID, else the table of the field. */
function systemOf(cell: Cell, { code, oid }: Slot, to: Converting): string | undefined {
  const name = cell.part(code + 2);
  if (name !== '') return to.codeSystem(name);
  const id = cell.part(oid);
  if (id !== '') return to.codeSystem(id);
  return code === 1 ? tableOf(cell) : undefined;
}

/** System of the table that the standard binds a field to; parts of fields have none. */
function tableOf({ segment, place }: Cell): string | undefined {
  return place.component === 0 ? fieldSystem(segment.name, place.field) : undefined;
}

function coding(cell: Cell, slot: Slot, to: Converting): Coding | undefined {
  const code = singleSpaced(cell.part(slot.code));
  if (code === '') return undefined;
  const system = systemOf(cell, slot, to);
  return compact({
    system: system === undefined ? undefined : tableSystem(system, code),
    version: cell.part(slot.version),
    code,
    display: cell.part(slot.code + 1),
  });
}

/** The codings of a CWE (components 1-3, 4-6 and 10-12); a display without a code is no coding. */
export function codingsOf(cell: Cell, to: Converting): readonly Coding[] {
  const first = coding(cell, FIRST, to);
  // Few senders say more than one.
  if (cell.count < SECOND.code) return first === undefined ? NO_CODINGS : [first];
  const rest = [coding(cell, SECOND, to), cell.count < THIRD.code ? undefined : coding(cell, THIRD, to)];
  return [first, ...rest].filter((one) => one !== undefined);
}

const NO_CODINGS: readonly Coding[] = [];

/** What a person reads of a CWE: its original text, else the first text beside a code. */
function shownText(cell: Cell): string {
  return cell.part(9) || cell.part(2) || cell.part(5) || cell.part(11);
}

/**
 * `text` of a CodeableConcept: the original text (CWE-9), else a text that no coding says as its display. What a coding
 * says already is not said twice.
 */
export function conceptTextOf(cell: Cell, codings: readonly Coding[]): string {
  const original = cell.part(9);
  if (original !== '') return original;
  const shown = cell.part(2) || cell.part(5) || cell.part(11);
  return codings.some(({ display }) => display === shown) ? '' : shown;
}

function conceptOf(cell: Cell, to: Converting): Coding | undefined {
  const coding = codingsOf(cell, to);
  return compact({ coding, text: conceptTextOf(cell, coding) });
}

/** CWE, CE, CF or CNE to CodeableConcept. */
export const toConcept: Converter = conceptOf;

/** DLD and FC to CodeableConcept: their first component, a CWE; the second is a time. */
export const firstToConcept: Converter = (cell, to) => toConcept(cell.at(1, 'CWE'), to);

function codeOf(cell: Cell): Coding | undefined {
  const code = singleSpaced(cell.text());
  if (code === '') return undefined;
  const table = tableOf(cell);
  return table === undefined ? { code } : { system: tableSystem(table, code), code };
}

/** ID or IS to CodeableConcept, in the system of the field's table. */
export const codeToConcept: Converter = (cell) => {
  const coding = codeOf(cell);
  return coding === undefined ? undefined : { coding: [coding] };
};

/** Any text to a CodeableConcept without a code. */
export const textToConcept: Converter = (cell) => {
  const text = cell.text();
  return text === '' ? undefined : { text };
};

/** CWE to Coding: the first of its two. */
export const toCoding: Converter = (cell, to) => codingsOf(cell, to)[0];

/** ID or IS to Coding, in the system of the field's table. */
export const codeToCoding: Converter = (cell) => codeOf(cell);

/** CWE to a display text: original text, text, code. */
export const conceptText: Converter = (cell) => {
  const text = shownText(cell) || cell.part(1) || cell.part(4);
  return text === '' ? undefined : text;
};

/** CWE to code: the first code, else the alternate one. */
export const conceptCode: Converter = (cell) => singleSpaced(cell.part(1)) || singleSpaced(cell.part(4)) || undefined;

/** CWE to Annotation: what a person reads of it. */
export const conceptToAnnotation: Converter = (cell, to) => {
  const text = conceptText(cell, to);
  return text === undefined ? undefined : { text };
};

/** A translated code as Coding; what a table kept is what was sent. */
export function codedToCoding(coded: Coded, to: Converting): Coding | undefined {
  const { kept, original } = coded;
  if (kept === true && original !== undefined) {
    return COMPOSITE.has(original.type) ? codingsOf(original, to)[0] : codeOf(original);
  }
  return coded.coding ?? rowToCoding(coded);
}

/** What a row of a table says as Coding. */
export function rowToCoding({ system, code, display }: Coded): Coding | undefined {
  return compact({ system, code: singleSpaced(code), display });
}

/** A translated code first, what was sent behind it. */
export function codedToConcept(coded: Coded, to: Converting): Coding | undefined {
  const { original } = coded;
  if (original === undefined || !COMPOSITE.has(original.type)) {
    const coding = codedToCoding(coded, to);
    return coding === undefined ? undefined : { coding: [coding] };
  }
  if (coded.kept === true) return conceptOf(original, to);
  const given = codedToCoding(coded, to);
  const coding = given === undefined ? [] : [given];
  for (const sent of codingsOf(original, to)) {
    const { code, system } = sent;
    if (code !== coded.code || isAnother(system, coded.system)) coding.push(sent);
  }
  return compact({ coding, text: conceptTextOf(original, coding) });
}

/** The same code in the v2 table that FHIR's system came out of (0078, N) says nothing more. */
const isAnother = (sent: unknown, given: string | undefined): boolean =>
  sent !== undefined && sent !== given && !(typeof sent === 'string' && sent.startsWith(V2_TABLES));

const V2_TABLES = 'http://terminology.hl7.org/CodeSystem/v2-';

const COMPOSITE = new Set(['CWE', 'CE', 'CNE', 'CF']);
