/** Compound surnames in use; any other Chinese name has a surname of one character. */
const COMPOUND = new Set(
  (
    '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 ' +
    '仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 ' +
    '段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五 歐陽 司馬 東方 諸葛 尉遲 鍾離 長孫 鮮于'
  ).split(' '),
);

const HAN = /^\p{Script=Han}+$/u;

/** Not names: unknown patients and newborns called after their mother. */
const NOT_SPLIT = /^(无名|未知|不详|佚名|匿名)|之[大小长次]?[子女男]$/u;

/**
 * Splits a Chinese name that stands in one field into surname and given name: `欧阳静` into `欧阳` and `静`.
 * Undefined where the text is not such a name: other scripts, names with a middle dot, one character, more than four,
 * 无名氏, 孙丽之女.
 */
export function splitChineseName(text: string): { readonly family: string; readonly given: string } | undefined {
  if (!HAN.test(text) || NOT_SPLIT.test(text)) return undefined;
  const characters = Array.from(text);
  if (characters.length < 2 || characters.length > 4) return undefined;
  const head = characters.slice(0, 2).join('');
  const length = characters.length > 2 && COMPOUND.has(head) ? 2 : 1;
  if (characters.length === 4 && length === 1) return { family: head, given: characters.slice(2).join('') };
  return { family: characters.slice(0, length).join(''), given: characters.slice(length).join('') };
}

/** True for text of Han characters (and the marks of names). */
export const isHan = (text: string): boolean => /^[\p{Script=Han}·•・]+$/u.test(text);
