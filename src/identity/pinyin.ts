import { pinyin } from 'pinyin-pro';

/**
 * Readings of a Chinese name, without tones and joined: that of its surname (单 shan, 仇 qiu) first, then the common
 * one where it differs. Other characters stand for themselves; ü is `v`.
 */
export function pinyinOf(text: string): readonly string[] {
  const options = { toneType: 'none', type: 'array', v: true } as const;
  const asSurname = pinyin(text, { ...options, surname: 'head' }).join('');
  const common = pinyin(text, { ...options, surname: 'off' }).join('');
  return [...new Set([asSurname, common].map((reading) => reading.replaceAll(/\s/g, '').toLowerCase()))];
}
