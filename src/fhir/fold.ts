import { pinyin } from 'pinyin-pro';

import { simplify } from '../core/simplify.ts';

const HAN = /\p{Script=Han}/u;
const MARKS = /\p{Mark}+/gu;
/** Dots that stand between the parts of a transcribed name. */
const MIDDLE_DOTS = /[·・•‧・.]/g;
const PLAIN = /^[!-~]*(?: [!-~]+)*$/;
const SPACES = /\s+/g;
/** Texts remembered folded, and names with their pinyin: the same people and words come again and again. */
const REMEMBERED = 5000;

/** Texts remembered as they are folded are not longer than this. */
const SHORT = 100;

const FOLDED = new Map<string, string>();
const SYLLABLES = new Map<string, readonly string[]>();

/**
 * Text as strings are searched by: compatibility forms and widths unified (NFKD), lower case, without accents,
 * traditional characters simplified, white space collapsed (R4 search.html#string).
 */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.trim().toLowerCase();
  let folded = FOLDED.get(text);
  if (folded === undefined) {
    const plain = text.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(SPACES, ' ').trim();
    folded = HAN.test(plain) ? simplify(plain) : plain;
    if (FOLDED.size >= REMEMBERED) FOLDED.clear();
    if (text.length <= SHORT) FOLDED.set(text, folded);
  }
  return folded;
}

/** `fold` for names of people: middle dots are dropped, and white space between Chinese characters. */
export function foldName(text: string): string {
  const folded = fold(text).replace(MIDDLE_DOTS, '');
  return HAN.test(folded) ? folded.replaceAll(' ', '') : folded;
}

/**
 * The pinyin of a Chinese name of a person, without tones and spaces, surname readings applied: `['ouyangjing', 'oyj']`
 * for 欧阳静. Empty where the name has no Chinese character.
 * @param mode `surname` where the text begins with a family name, `given` where it has none
 */
export function pinyinKeys(text: string, mode: 'surname' | 'given'): readonly string[] {
  const name = foldName(text);
  if (!HAN.test(name)) return [];
  const syllables = syllablesOf(name, mode);
  return [...new Set([syllables.join(''), syllables.map((syllable) => syllable.charAt(0)).join('')])];
}

function syllablesOf(name: string, mode: 'surname' | 'given'): readonly string[] {
  const key = `${mode} ${name}`;
  let syllables = SYLLABLES.get(key);
  if (syllables === undefined) {
    if (SYLLABLES.size >= REMEMBERED) SYLLABLES.clear();
    const options = { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' } as const;
    syllables = pinyin(name, mode === 'surname' ? { ...options, mode: 'surname' } : options).map(fold);
    SYLLABLES.set(key, syllables);
  }
  return syllables;
}

/** True for text without Chinese characters. */
export function isLatin(text: string): boolean {
  return !HAN.test(text);
}
