import { isPlaceholderNumber } from './placeholders.ts';

/** Kind of a personal identification number, by WS/T 364.3 CV02.01.101. */
export type IdType = '01' | '03' | '06' | '07';

/** A number with who assigned it and of what kind it is (CX-4, CX-5). */
export interface NumberKey {
  readonly namespace: string;
  readonly kind: string;
  readonly value: string;
}

const RESIDENT = 'NI NN NNCHN CHN PRC SS IDCARD IDNO SFZ SFZH RESIDENTID 01 居民身份证 身份证 身份证号 身份证号码';
const PASSPORT = 'PPN PASSPORT HZ 03 护照 护照号';
const HK_MACAO = '06 HKMO GAT 港澳通行证 港澳居民来往内地通行证 回乡证 港澳居民通行证';
const TAIWAN = '07 TW TWN 台胞证 台湾居民来往大陆通行证 台湾通行证';

/** Kinds that are lent, pooled, re-issued, or number a visit or an insurance: never evidence of identity. */
const LENT =
  'CARD JZK JZKH VISIT VN AN ANON ANC BC BCT HC MC MCD MA MI NH SN SNO JHN EHC YB YBKH HICN ' +
  '就诊卡 就诊卡号 诊疗卡 门诊卡 院内卡 一卡通 就诊号 就诊流水号 门诊流水号 医保 医保卡 医保号 医保卡号 医保编号 ' +
  '社保 社保卡 社保卡号 社会保障卡 电子健康卡 健康卡 银行卡 床号 住院次数 TEMP 临时号 LINSHI';

const KINDS: ReadonlyMap<string, IdType | 'lent'> = new Map<string, IdType | 'lent'>([
  ...RESIDENT.split(' ').map((kind) => [kind, '01'] as const),
  ...PASSPORT.split(' ').map((kind) => [kind, '03'] as const),
  ...HK_MACAO.split(' ').map((kind) => [kind, '06'] as const),
  ...TAIWAN.split(' ').map((kind) => [kind, '07'] as const),
  ...LENT.split(' ').map((kind) => [kind, 'lent'] as const),
]);

/** What a kind of number (HL7 table 0203 or a local name) identifies: a person by law, nobody for sure, or unknown. */
export function idKindOf(kind: string): IdType | 'lent' | undefined {
  return KINDS.get(
    kind
      .normalize('NFKC')
      .replaceAll(/[\s_-]/g, '')
      .toUpperCase(),
  );
}

/** Whether a kind is a personal identification number. */
export function isPersonIdKind(kind: string): boolean {
  const found = idKindOf(kind);
  return found !== undefined && found !== 'lent';
}

/** Whether two records with this very number are the same patient of its domain: never for lent kinds and placeholders. */
export function isSharedNumber(number: NumberKey): boolean {
  return number.namespace !== '' && idKindOf(number.kind) !== 'lent' && !isPlaceholderNumber(number.value);
}
