import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { isHan, splitChineseName } from './surnames.ts';
import { periodOf } from './times.ts';

const REPRESENTATION_URL = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation';
/** HL7 table 0465 to the codes of ISO 21090. */
const REPRESENTATIONS: Readonly<Record<string, string>> = { A: 'ABC', I: 'IDE', P: 'SYL' };
/** HL7 table 0200 to name-use. */
const USES: Readonly<Record<string, string>> = {
  L: 'official',
  D: 'usual',
  C: 'official',
  B: 'official',
  M: 'maiden',
  N: 'nickname',
  S: 'anonymous',
  A: 'anonymous',
  P: 'anonymous',
  T: 'temp',
  TEMP: 'temp',
  U: 'usual',
  BAD: 'old',
  NOUSE: 'old',
  K: 'usual',
  I: 'official',
};

interface NameParts {
  readonly family: string;
  readonly given: readonly string[];
  readonly prefix: readonly string[];
  readonly suffix: readonly string[];
}

const words = (...texts: readonly string[]): readonly string[] => texts.filter((text) => text !== '');

/** Given names; the second field may hold several. */
const givenNames = (first: string, others: string): readonly string[] =>
  others === '' ? words(first) : words(first, ...others.split(' '));

function western(parts: NameParts): string {
  return words(...parts.prefix, ...parts.given, parts.family, ...parts.suffix).join(' ');
}

/** A HumanName without its use and period. */
interface Assembled {
  readonly text: string;
  readonly family?: string;
  readonly given?: readonly string[];
  readonly prefix?: readonly string[];
  readonly suffix?: readonly string[];
}

/** Text and parts of a name; a Chinese name in one field is split by its surname. */
function assemble(parts: NameParts): Assembled | undefined {
  const { family, given, prefix, suffix } = parts;
  if (given.length === 0 && family !== '') {
    const split = splitChineseName(family);
    if (split !== undefined) return { text: family, family: split.family, given: [split.given] };
    // A whole name in the place of the surname (无名氏, 买买提·艾力, ZHANG WEI): which part is which is not known.
    if (isHan(family) || /\s/u.test(family)) return { text: family };
  }
  const isChinese = isHan(family) && given.every(isHan);
  const text = isChinese ? family + given.join('') : western(parts);
  return text === '' ? undefined : { text, family, given, prefix, suffix };
}

function representation(code: string): readonly unknown[] {
  const value = REPRESENTATIONS[code];
  return value === undefined ? [] : [{ url: REPRESENTATION_URL, valueCode: value }];
}

function validity(cell: Cell, to: Converting): unknown {
  if (cell.part(12) === '' && cell.part(13) === '') {
    return cell.part(10) === '' ? undefined : periodOf(cell.at(10, 'DTM'), cell.at(10, 'DTM'), to);
  }
  return periodOf(cell.at(12, 'DTM'), cell.at(13, 'DTM'), to);
}

/** XPN to HumanName; the family name is the first subcomponent of XPN-1 (own surname and prefixes are part of it). */
export const toHumanName: Converter = (cell, to) => {
  const name = assemble({
    family: cell.part(1),
    given: givenNames(cell.part(2), cell.part(3)),
    prefix: words(cell.part(5)),
    suffix: words(cell.part(4), cell.part(6), cell.part(14)),
  });
  if (name === undefined) return undefined;
  const { text, family, given, prefix, suffix } = name;
  const use = USES[cell.part(7)];
  const extension = representation(cell.part(8));
  return compact({ extension, use, text, family, given, prefix, suffix, period: validity(cell, to) });
};

/** XCN (or CNN) names: id.family.given.second.suffix.prefix.degree. */
export const professionalName: Converter = (cell) => {
  const prefix = cell.part(6);
  const suffix = cell.part(5);
  const degree = cell.part(7);
  const name = assemble({
    family: cell.part(2),
    given: givenNames(cell.part(3), cell.part(4)),
    prefix: words(prefix),
    suffix: words(suffix, degree),
  });
  return name === undefined ? undefined : compact({ ...name });
};

/** Name to one line of text. */
export const nameToText: Converter = (cell, to) => textOfName(toHumanName(cell, to));

/** XCN to one line of text: the name, else the number. */
export const professionalToText: Converter = (cell, to) =>
  textOfName(professionalName(cell, to)) ?? (cell.part(1) || undefined);

/** The one line of text of a HumanName. */
export function textOfName(name: unknown): string | undefined {
  if (typeof name !== 'object' || name === null || !('text' in name)) return undefined;
  return typeof name.text === 'string' ? name.text : undefined;
}
