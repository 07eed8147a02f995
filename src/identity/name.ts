import { pinyinOf } from './pinyin.ts';
import { isUnknownName } from './placeholders.ts';
import { simplify } from '../core/simplify.ts';

/** A name, cleaned for comparison. */
export interface NameCopy {
  /** NFKC, simplified, lower case, without spaces; `·` between parts; `?` for each lost character. */
  readonly text: string;
  /** Readings without tones and spaces: by surname reading first, then others; for Latin names both word orders. */
  readonly pinyin: readonly string[];
  /** Written without Chinese characters. */
  readonly latin?: true;
  readonly unknown?: true;
}

/** Parts of a FHIR HumanName, unchecked. */
export interface NameParts {
  readonly text?: unknown;
  readonly family?: unknown;
  readonly given?: unknown;
}

/** How two names agree, best first. */
export type NameLevel = 'equal' | 'pinyin' | 'wildcard' | 'one-char' | 'surname' | 'different' | 'missing';

const HAN = /\p{Script=Han}/u;
const DOTS = /[·•・‧∙⋅᛫.]/gu;
/** Signs that stand for a character that a code page has lost, private-use characters included. */
const LOST = /[?〓□▯■*\uFFFD\u{E000}-\u{F8FF}\u{F0000}-\u{10FFFD}]/gu;
const NEWBORN =
  /^(?<mother>.{2,}?)(?:之(?:[大小长次双一二三四甲乙]?(?:子|女|男|儿|宝|婴|婴儿|男婴|女婴|毛毛))(?:[大小一二三四甲乙a-d\d])?|(?:婴儿|新生儿|毛毛|bb|baby))$/u;

/** The cleaned copy of a name; undefined where nothing is left of it. */
export function nameCopy(parts: NameParts): NameCopy | undefined {
  const raw = rawName(parts).normalize('NFKC');
  const known = CACHE.get(raw);
  if (known !== undefined) return known;
  const copy = HAN.test(raw) ? chineseName(raw) : latinName(raw);
  if (copy !== undefined && CACHE.size < CACHE_SIZE) CACHE.set(raw, copy);
  return copy;
}

/** Names repeat (every A08 of a patient), their readings are dear. */
const CACHE = new Map<string, NameCopy>();
const CACHE_SIZE = 20_000;

/** The name of a newborn's mother (孙丽之女 → 孙丽) of a cleaned name; undefined where it is not a newborn's name. */
export function motherOf(text: string): string | undefined {
  return HAN.test(text) ? NEWBORN.exec(text)?.groups?.['mother'] : undefined;
}

/** The best agreement of any name of one with any name of the other. */
export function compareNames(a: readonly NameCopy[], b: readonly NameCopy[]): NameLevel {
  if (a.length === 0 || b.length === 0) return 'missing';
  const levels = a.flatMap((one) => b.map((other) => compareTwo(one, other)));
  return LEVELS.find((level) => levels.includes(level)) ?? 'different';
}

const LEVELS: readonly NameLevel[] = ['equal', 'pinyin', 'wildcard', 'one-char', 'surname', 'different'];

function compareTwo(a: NameCopy, b: NameCopy): NameLevel {
  const x = Array.from(a.text.replaceAll('·', ''));
  const y = Array.from(b.text.replaceAll('·', ''));
  if (!a.text.includes('?') && !b.text.includes('?')) {
    if (x.join('') === y.join('')) return 'equal';
    if (a.pinyin.some((reading) => b.pinyin.includes(reading))) return 'pinyin';
  }
  if (matchesLost(x, y) || isCutAtDot(a.text, b.text)) return 'wildcard';
  if (a.latin === true || b.latin === true) return 'different';
  if (x[0] !== y[0]) return 'different';
  return isOneCharacterOff(x, y) ? 'one-char' : 'surname';
}

function matchesLost(x: readonly string[], y: readonly string[]): boolean {
  const known = x.filter((char, index) => char !== '?' && y[index] !== '?').length;
  return x.length === y.length && known > 0 && x.every((char, i) => char === '?' || y[i] === '?' || char === y[i]);
}

/** Some systems keep only the part before the dot: 买买提 for 买买提·艾力. */
function isCutAtDot(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return Array.from(short).length >= 2 && long.startsWith(`${short}·`);
}

function isOneCharacterOff(x: readonly string[], y: readonly string[]): boolean {
  if (x.length === y.length) return x.length > 1 && x.filter((char, index) => char !== y[index]).length === 1;
  const [short, long] = x.length < y.length ? [x, y] : [y, x];
  if (long.length - short.length !== 1 || short.length < 2) return false;
  return long.some((_, skip) => long.filter((_char, index) => index !== skip).join('') === short.join(''));
}

function rawName({ text, family, given }: NameParts): string {
  const givens: readonly unknown[] = Array.isArray(given) ? given : [given];
  const parts = [family, ...givens].filter((part) => typeof part === 'string' && part.trim() !== '');
  if (parts.length > 0 && typeof family === 'string' && family !== '') return parts.join(' ');
  return typeof text === 'string' && text.trim() !== '' ? text : parts.join(' ');
}

function chineseName(raw: string): NameCopy | undefined {
  const text = simplify(raw.replaceAll(/[\s\u200b-\u200f\ufeff]/gu, ''))
    .replaceAll(DOTS, '·')
    .replaceAll(LOST, '?')
    .replaceAll(/^·+|·+$/g, '')
    .replaceAll(/·+/g, '·')
    .replaceAll(/[()（）]/g, '')
    .toLowerCase();
  if (text === '') return undefined;
  if (isUnknownName(text)) return { text, pinyin: [], unknown: true };
  return { text, pinyin: pinyinOf(text.replaceAll('·', '')) };
}

function latinName(raw: string): NameCopy | undefined {
  const folded = raw
    .toLowerCase()
    .replaceAll(/ü|u:/g, 'v')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/\b([ln])yu\b/g, '$1v');
  const words = folded.split(/[^\p{L}\d?]+/u).filter((word) => word !== '');
  const text = words.join('');
  if (text === '' || /^[\d?]*$/.test(text)) return undefined;
  if (isUnknownName(text)) return { text, pinyin: [], latin: true, unknown: true };
  const [first, ...rest] = words;
  const swapped = rest.length === 0 ? text : [...rest, first].join('');
  return { text, pinyin: [...new Set([text, swapped])], latin: true };
}
