import { tableSystem } from '../../fhir/v2-tables.ts';
import type { Cell } from '../run/cell.ts';
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
}

type Coding = Readonly<Record<string, unknown>>;

/** A code may hold single spaces inside (R4 datatypes.html#code). */
export function singleSpaced(text: string): string {
  const trimmed = text.trim();
  return SPACES.test(trimmed) ? trimmed.replaceAll(/\s+/gu, ' ') : trimmed;
}

const SPACES = /\s/u;

function coding(cell: Cell, first: number, to: Converting): Coding | undefined {
  const code = singleSpaced(cell.part(first));
  const systemName = cell.part(first + 2);
  if (code === '') return undefined;
  const system = systemName === '' ? undefined : to.codeSystem(systemName);
  return compact({
    system: system === undefined ? undefined : tableSystem(system, code),
    version: cell.part(first < 4 ? 7 : 8),
    code,
    display: cell.part(first + 1),
  });
}

/** Both codings of a CWE (components 1-3 and 4-6); a display without a code is no coding. */
export function codingsOf(cell: Cell, to: Converting): readonly Coding[] {
  const codings: Coding[] = [];
  const first = coding(cell, 1, to);
  const second = coding(cell, 4, to);
  if (first !== undefined) codings.push(first);
  if (second !== undefined) codings.push(second);
  return codings;
}

function originalText(cell: Cell): string {
  return cell.part(9) === '' ? cell.part(2) || cell.part(5) : cell.part(9);
}

/** CWE, CE or CNE to CodeableConcept. */
export const toConcept: Converter = (cell, to) => compact({ coding: codingsOf(cell, to), text: originalText(cell) });

/** ID or IS to CodeableConcept. */
export const codeToConcept: Converter = (cell) => {
  const code = cell.text();
  return code === '' ? undefined : { coding: [{ code }] };
};

/** Any text to a CodeableConcept without a code. */
export const textToConcept: Converter = (cell) => {
  const text = cell.text();
  return text === '' ? undefined : { text };
};

/** CWE to Coding: the first of its two. */
export const toCoding: Converter = (cell, to) => codingsOf(cell, to)[0];

/** ID or IS to Coding. */
export const codeToCoding: Converter = (cell) => {
  const code = cell.text();
  return code === '' ? undefined : { code };
};

/** CWE to a display text: original text, text, code. */
export const conceptText: Converter = (cell) => {
  const text = originalText(cell) || cell.part(1);
  return text === '' ? undefined : text;
};

/** A translated code as Coding. */
export function codedToCoding(coded: Coded): Coding | undefined {
  return coded.coding ?? compact({ system: coded.system, code: coded.code, display: coded.display });
}

/** A translated code first, what was sent behind it. */
export function codedToConcept(coded: Coded, to: Converting): Coding | undefined {
  const { original } = coded;
  if (original === undefined || !COMPOSITE.has(original.type)) return { coding: [codedToCoding(coded)] };
  const coding = [codedToCoding(coded)];
  for (const sent of codingsOf(original, to)) {
    const { code, system } = sent;
    if (code !== coded.code || (system !== undefined && system !== coded.system)) coding.push(sent);
  }
  return compact({ coding, text: originalText(original) });
}

const COMPOSITE = new Set(['CWE', 'CE', 'CNE', 'CF']);
