import type { Cell } from '../run/cell.ts';
import { EXTENSIONS } from '../types/extensions.ts';
import { compact, Several, type Converter, type Converting } from './converting.ts';
import { isHan, splitChineseName } from './surnames.ts';
import { periodOf } from './times.ts';

/** HL7 table 0465 to the codes of ISO 21090. */
const REPRESENTATIONS: Readonly<Record<string, string>> = { A: 'ABC', I: 'IDE', P: 'SYL' };
/** HL7 table 0444. */
const ASSEMBLY_ORDERS = new Set(['F', 'G']);
/**
 * HL7 table 0200 to name-use, as the guide says; beyond it, a name no longer to be used is an old one and a pseudonym an
 * anonymous one, which R4 defines so. A kind of name that has no use stays on the unmapped list.
 */
const USES: Readonly<Record<string, string>> = {
  L: 'official',
  R: 'official',
  D: 'usual',
  M: 'maiden',
  N: 'nickname',
  MSK: 'anonymous',
  S: 'anonymous',
  NAV: 'temp',
  TEMP: 'temp',
  BAD: 'old',
  NOUSE: 'old',
};

/** Extensions of the family name for the subcomponents of an FN, from its second (R4 extension registry). */
const FAMILY_PARTS = [
  EXTENSIONS.ownPrefix.url,
  EXTENSIONS.ownName.url,
  EXTENSIONS.partnerPrefix.url,
  EXTENSIONS.partnerName.url,
];

interface NameParts {
  readonly family: string;
  /** The sender tells the parts of the family name apart, so it is one. */
  readonly isSurname: boolean;
  readonly given: readonly string[];
  readonly prefix: readonly string[];
  readonly suffix: readonly string[];
}

const words = (...texts: readonly string[]): readonly string[] => texts.filter((text) => text !== '');

/** Given names; the second field may hold several. */
const givenNames = (first: string, others: string): readonly string[] =>
  others === '' ? words(first) : words(first, ...others.split(' '));

/** Who writes a name with Chinese characters may mean either order. */
const HAN = /\p{Script=Han}/u;

function western(parts: Omit<NameParts, 'isSurname'>): string {
  return words(...parts.prefix, ...parts.given, parts.family, ...parts.suffix).join(' ');
}

/** A HumanName without its use and period; text only where the parts do not give it by themselves. */
interface Assembled {
  readonly text?: string;
  readonly family?: string;
  readonly given?: readonly string[];
  readonly prefix?: readonly string[];
  readonly suffix?: readonly string[];
}

/** Text and parts of a name; a Chinese name in one field is split by its surname. */
function assemble(parts: NameParts): Assembled | undefined {
  const { family, given, prefix, suffix } = parts;
  if (given.length === 0 && family !== '' && !parts.isSurname) {
    const split = splitChineseName(family);
    if (split !== undefined) return { text: family, family: split.family, given: [split.given], prefix, suffix };
    // A whole name in the place of the surname (无名氏, 买买提·艾力, ZHANG WEI): which part is which is not known.
    if (isHan(family)) return { text: family, prefix, suffix };
    if (/\s/u.test(family)) return { text: western(parts), prefix, suffix };
  }
  if (isHan(family) && given.every(isHan)) return { text: family + given.join(''), family, given, prefix, suffix };
  const text = western(parts);
  if (text === '') return undefined;
  return HAN.test(text) ? { text, family, given, prefix, suffix } : { family, given, prefix, suffix };
}

/** Where the parts of a name stand in its type. */
interface Layout {
  readonly family: number;
  readonly suffixes: readonly number[];
  readonly prefix: number;
  readonly use: number;
  readonly representation: number;
  readonly range: number;
  readonly order: number;
}

const XPN: Layout = { family: 1, suffixes: [4, 6, 14], prefix: 5, use: 7, representation: 8, range: 10, order: 11 };
const XCN: Layout = { family: 2, suffixes: [5, 7, 21], prefix: 6, use: 10, representation: 15, range: 17, order: 18 };
/** CNN, and a CN before it: its further components say who assigned the number. */
const CNN: Layout = { family: 2, suffixes: [5, 7], prefix: 6, use: 0, representation: 0, range: 0, order: 0 };

/** The family name with the parts it is made of, where the sender tells them apart. */
interface Family {
  readonly whole: string;
  readonly parts?: unknown;
}

function familyOf(cell: Cell, at: number): Family {
  const whole = cell.part(at);
  if (!cell.isDivided(at)) return { whole };
  const texts = FAMILY_PARTS.map((_, index) => cell.part(at, index + 2));
  const extension = FAMILY_PARTS.flatMap((url, index) => {
    const valueString = texts[index];
    return valueString === undefined || valueString === '' ? [] : [{ url, valueString }];
  });
  const family = whole === '' ? words(...texts).join(' ') : whole;
  return extension.length === 0 ? { whole: family } : { whole: family, parts: { extension } };
}

function extensionsOf(cell: Cell, { representation, order }: Layout): readonly unknown[] {
  const form = representation === 0 ? undefined : REPRESENTATIONS[cell.part(representation)];
  const assembly = order === 0 ? '' : cell.peek(order);
  if (form === undefined && assembly === '') return [];
  const extensions: unknown[] = [];
  if (form !== undefined) extensions.push({ url: EXTENSIONS.nameRepresentation.url, valueCode: form });
  if (ASSEMBLY_ORDERS.has(assembly)) extensions.push({ url: EXTENSIONS.nameOrder.url, valueCode: cell.part(order) });
  return extensions;
}

/** From when to when a name holds: two times, or before v2.5 a range. */
function validity(cell: Cell, { range, order }: Layout, to: Converting): unknown {
  // The times stand behind the order; in an XCN, too.
  const [start, end] = [order + 1, order + 2];
  if (cell.peek(start) !== '' || cell.peek(end) !== '') return periodOf(cell.at(start, 'DTM'), cell.at(end, 'DTM'), to);
  if (cell.peek(range) === '' && cell.peek(range, 2) === '') return undefined;
  return periodOf(cell.inner(range, 1, 'DTM'), cell.inner(range, 2, 'DTM'), to);
}

function useOf(cell: Cell, at: number): string | undefined {
  const use = at === 0 ? undefined : USES[cell.peek(at).toUpperCase()];
  if (use !== undefined) cell.part(at);
  return use;
}

function nameOf(cell: Cell, layout: Layout, to: Converting): Readonly<Record<string, unknown>> | undefined {
  const family = familyOf(cell, layout.family);
  const name = assemble({
    family: family.whole,
    isSurname: family.parts !== undefined,
    given: givenNames(cell.part(layout.family + 1), cell.part(layout.family + 2)),
    prefix: words(cell.part(layout.prefix)),
    suffix: words(...layout.suffixes.map((component) => cell.part(component))),
  });
  if (name === undefined) return undefined;
  const hasMore = layout.range > 0 && cell.count >= layout.range;
  return compact({
    extension: extensionsOf(cell, layout),
    use: useOf(cell, layout.use),
    text: name.text,
    family: name.family,
    _family: name.family === undefined ? undefined : family.parts,
    given: name.given,
    prefix: name.prefix,
    suffix: name.suffix,
    period: hasMore ? validity(cell, layout, to) : undefined,
  });
}

/**
 * XPN to HumanName; the family name is the first subcomponent of XPN-1, the others go into its extensions. What a person
 * is called (XPN-15) is another name, the nickname.
 */
export const toHumanNames: Converter = (cell, to) => {
  const name = nameOf(cell, XPN, to);
  const called = cell.count < 15 ? '' : cell.part(15);
  if (called === '') return name;
  const nickname = { use: 'nickname', given: [called] };
  return name === undefined ? nickname : new Several([name, nickname]);
};

/** XCN or CNN to HumanName: id.family.given.second.suffix.prefix.degree. */
export const professionalName = (cell: Cell, to: Converting): Readonly<Record<string, unknown>> | undefined =>
  nameOf(cell, cell.type === 'XCN' ? XCN : CNN, to);

/** Name to one line of text. */
export const nameToText: Converter = (cell, to) => textOfName(nameOf(cell, XPN, to));

/** XCN to one line of text: the name, else the number. */
export const professionalToText: Converter = (cell, to) =>
  textOfName(professionalName(cell, to)) ?? (cell.part(1) || undefined);

/** A HumanName as one line of text: its own, else its parts in the western order. */
export function textOfName(name: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (name === undefined) return undefined;
  const { text, family, given, prefix, suffix } = name;
  if (typeof text === 'string') return text;
  const line = western({
    family: typeof family === 'string' ? family : '',
    given: textsIn(given),
    prefix: textsIn(prefix),
    suffix: textsIn(suffix),
  });
  return line === '' ? undefined : line;
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
