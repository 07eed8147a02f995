/** Values that clerks type where they know nothing. */
const NUMBERS: ReadonlySet<string> = new Set(
  '无 没有 未知 不详 不明 暂无 空 NULL NONE NA N/A UNKNOWN TEST - 0 1 X 13800000000 13800138000 13900000000 18888888888 12345678910 01234567890'.split(
    ' ',
  ),
);

const DATES: ReadonlySet<string> = new Set(
  '1900-01-01 1899-12-30 1899-12-31 1800-01-01 1840-01-01 1111-11-11 0001-01-01 9999-12-31 1900 1800'.split(' '),
);

const UNKNOWN_NAME =
  /^(急诊)?(无名|无名氏|无名男|无名女|无名男性|无名女性|无名患者|未知|未知姓名|未名|不详|不明|佚名|姓名不详|身份不明|三无人员|三无|未知患者|匿名|unknown|noname|johndoe|janedoe|anonymous|unidentified)(氏)?[\d一二三四五六七八九十甲乙丙丁a-z男女·_#-]*$/u;

/** Whether a number says nothing: a listed word, one repeated character, or 1234… */
export function isPlaceholderNumber(raw: string): boolean {
  const value = raw.trim().toUpperCase();
  if (value === '' || NUMBERS.has(value)) return true;
  if (value.length >= 3 && new Set(value).size === 1) return true;
  return value.length >= 6 && ('12345678901234567890'.startsWith(value) || '01234567890123456789'.startsWith(value));
}

/** Whether a date (`YYYY-MM-DD`) stands for "unknown". */
export function isPlaceholderDate(date: string): boolean {
  return DATES.has(date);
}

/** Whether a normalised name calls its bearer unknown: 无名氏, 无名氏2, 未知, UNKNOWN. */
export function isUnknownName(name: string): boolean {
  return UNKNOWN_NAME.test(name);
}
