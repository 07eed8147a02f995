import type { Cell } from '../run/cell.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { isHan } from './surnames.ts';
import { periodOf } from './times.ts';

/** HL7 table 0190 (address type) to address-use. */
const USES: Readonly<Record<string, string>> = { H: 'home', B: 'work', O: 'work', C: 'temp', BA: 'old', BI: 'billing' };
/** HL7 table 0190 to address-type. */
const TYPES: Readonly<Record<string, string>> = { M: 'postal', SH: 'postal' };
/** Codes of table 0190 that have neither use nor type in R4: legal, permanent, birth, vacation, … */
const OTHER = new Set(['BDL', 'BR', 'F', 'L', 'N', 'P', 'RH', 'S', 'TM', 'V']);
const TYPE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0190';

/** From the large to the small; what the street names already (`上海市` before `上海市浦东新区世纪大道1号`) is not said twice. */
function addressText(cell: Cell, district: string, lines: readonly string[]): string | undefined {
  // A district that is a number (GB/T 2260) is not how people write an address.
  const places = [cell.part(4), cell.part(3), /^\d*$/u.test(district) ? '' : district];
  if (![...places, ...lines].some(isHanText)) return undefined;
  return places.reduceRight((text, part) => (text.includes(part) ? text : part + text), lines.join(''));
}

const isHanText = (text: string): boolean => isHan(text.slice(0, 1));

/** The lines of SAD (street address, street, number) and the other designation. */
function linesOf(cell: Cell): readonly string[] {
  const lines = [cell.part(1)];
  if (cell.isDivided(1)) lines.push(cell.part(1, 2), cell.part(1, 3));
  lines.push(cell.part(2));
  return lines.filter((line) => line !== '');
}

/** From when to when an address holds: two times, or before v2.5 a range. */
function periodIn(cell: Cell, to: Converting): unknown {
  if (cell.peek(13) !== '' || cell.peek(14) !== '') return periodOf(cell.at(13, 'DTM'), cell.at(14, 'DTM'), to);
  if (cell.peek(12) === '' && cell.peek(12, 2) === '') return undefined;
  return periodOf(cell.inner(12, 1, 'DTM'), cell.inner(12, 2, 'DTM'), to);
}

function extensionsOf(cell: Cell, kind: string): readonly unknown[] {
  const extensions: unknown[] = [];
  if (kind === 'HV') extensions.push({ url: EXTENSIONS.vacationHome.url, valueCode: cell.part(7) });
  if (OTHER.has(kind))
    extensions.push({ url: EXTENSIONS.addressType.url, valueCoding: { system: TYPE_SYSTEM, code: cell.part(7) } });
  const tract = cell.count < 10 ? '' : cell.part(10, 2) || cell.part(10);
  if (tract !== '') extensions.push({ url: EXTENSIONS.censusTract.url, valueString: tract });
  return extensions;
}

/** XAD (or SAD, AUI parts apart) to Address; a Chinese address also gets its text in reading order. */
export const toAddress: Converter = (cell, to) => {
  const kind = cell.peek(7);
  const [use, type] = [USES[kind], TYPES[kind]];
  if (use !== undefined || type !== undefined) cell.part(7);
  const lines = linesOf(cell);
  // A county or parish is a code with its name (CWE) since v2.9.
  const district = cell.part(9, 2) || cell.part(9);
  return compact({
    extension: extensionsOf(cell, kind),
    use,
    type,
    text: addressText(cell, district, lines),
    // The last one says to whom mail goes.
    line: [...lines, cell.count < 19 ? '' : cell.part(19)].filter((line) => line !== ''),
    city: cell.part(3),
    district,
    state: cell.part(4),
    postalCode: cell.part(5),
    country: cell.part(6),
    period: cell.count < 12 ? undefined : periodIn(cell, to),
  });
};

/** SAD to Address: its lines. */
export const streetToAddress: Converter = (cell) =>
  compact({ line: [cell.part(1), cell.part(2), cell.part(3)].filter((line) => line !== '') });

/** XAD to one line of text. */
export const addressToText: Converter = (cell) => {
  const parts = [1, 2, 3, 4, 5, 6].map((n) => cell.part(n)).filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(parts.some(isHanText) ? '' : ', ');
};
