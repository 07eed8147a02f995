/**
 * What makes a search key sensitive: keys that begin so hold an ID number, phone, insurance number, account or e-mail
 * address behind the prefix (after the last `|`, where there is one). The record makes its keys with these prefixes.
 */
export const SENSITIVE_KEY_PREFIXES: readonly string[] = ['idn:', 'tel:', 'ins:', 'acc:', 'mail:'];

/** Search parameters whose token values are hashed, whatever the resource type. */
export const SENSITIVE_PARAMETERS: ReadonlySet<string> = new Set(['identifier', 'telecom', 'phone', 'email']);

const ID_TYPES =
  'NI NN NNCHN CHN PRC SS IDCARD IDNO SFZ SFZH RESIDENTID 01 02 03 04 06 07 居民身份证 身份证 身份证号 身份证号码 ' +
  'PPN PASSPORT HZ 护照 护照号 DL TAX HKMO GAT 港澳通行证 港澳居民来往内地通行证 回乡证 港澳居民通行证 ' +
  'TW TWN 台胞证 台湾居民来往大陆通行证 台湾通行证';
const INSURANCE_TYPES =
  'HC MC MCD MA MB MI NH SN SNO YB YBKH HICN EHC BC 医保 医保卡 医保号 医保卡号 医保编号 ' +
  '社保 社保卡 社保卡号 社会保障卡 电子健康卡 健康卡 银行卡';
const SENSITIVE_ID_TYPES: ReadonlySet<string> = new Set(`${ID_TYPES} ${INSURANCE_TYPES}`.split(' '));

/** True for identifier types (HL7 table 0203, WS/T 364.3 and the words in use) whose values are ID or insurance numbers. */
export function isSensitiveIdType(type: string): boolean {
  return SENSITIVE_ID_TYPES.has(
    type
      .normalize('NFKC')
      .replaceAll(/[\s_-]/g, '')
      .toUpperCase(),
  );
}

/** A resident ID number (GB 11643-1999) or a mobile phone number that stands by itself in a text. */
const NUMBER =
  /(?<![0-9A-Za-z])(?:[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]|(?:\+?86[- ]?|0)?1[3-9]\d{9})(?![0-9A-Za-z])/;

/** True where a text holds an ID number or mobile phone, wherever it came from. */
export function holdsNumber(text: string): boolean {
  // Most keys are shorter than a number or have no digit run: the cheap test goes first.
  return text.length >= 11 && NUMBER.test(text);
}

const ID_NUMBER = /(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** True where a text holds a resident ID number with the right check digit. */
export function holdsValidIdNumber(text: string): boolean {
  const [number] = ID_NUMBER.exec(text) ?? [];
  if (number === undefined) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return '10X98765432'[sum % 11] === number.slice(-1).toUpperCase();
}
