/** Synthetic messages of one hospital: the n-th patient, the n-th stay, the n-th laboratory order. */

const SURNAMES = Array.from('赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章');
const GIVEN = Array.from(
  '安邦宝成大恩发刚国海华建江杰军康磊丽良林玲龙梅美敏明宁平强勤青庆荣山顺涛婷伟文武霞祥晓欣新秀雪艳阳英勇玉',
);
const WARDS = ['心内科', '呼吸科', '骨科', '神经内科', '消化科', '普外科'];

const pick = <T>(list: readonly T[], n: number): T => {
  const item = list[n % list.length];
  if (item === undefined) throw new RangeError('an empty list');
  return item;
};

/** Spreads numbers, so that neighbours differ in every part. */
const mix = (n: number, salt: number): number => (Math.imul(n + 1, 2_654_435_761) ^ Math.imul(salt, 40_503)) >>> 0;

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

function nameOf(n: number): string {
  return pick(SURNAMES, mix(n, 1)) + pick(GIVEN, mix(n, 2) >>> 8) + pick(GIVEN, mix(n, 3) >>> 16);
}

function birthOf(n: number): string {
  return `${1935 + (mix(n, 4) % 80)}${pad(1 + (mix(n, 5) % 12), 2)}${pad(1 + (mix(n, 6) % 28), 2)}`;
}

const isMale = (n: number): boolean => n % 2 === 0;

/** A resident-ID number in the area 990000, which no place has; its last digit is right (GB 11643). */
function idNumber(n: number): string {
  const first = `990000${birthOf(n)}${pad((2 * n + (isMale(n) ? 1 : 0)) % 1_000, 3)}`;
  const sum = Array.from(first).reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return first + pick(Array.from('10X98765432'), sum % 11);
}

/** Local time of the benches' hospital, a minute ago. */
function stamp(): string {
  const local = new Date(Date.now() - 60_000 + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 19).replaceAll(/[-:T]/g, '')}+0800`;
}

const STAMP = stamp();
const encoder = new TextEncoder();
const bytesOf = (segments: readonly string[]): Uint8Array => encoder.encode(`${segments.join('\r')}\r`);

const header = (from: string, event: string, control: string): string =>
  `MSH|^~\\&|${from}|HOSP01|JINGLUO|HOSP01|${STAMP}||${event}|${control}|P|2.4||||||UNICODE UTF-8`;

function pid(n: number): string {
  const sex = isMale(n) ? 'M' : 'F';
  const address = `测试省测试市解放路${1 + (n % 400)}号^^测试市^测试省^990000^CHN^H`;
  const ids = `P${n}^^^HOSP01^MR~${idNumber(n)}^^^MPS^NI`;
  return `PID|1||${ids}||${nameOf(n)}^^^^^^L||${birthOf(n)}|${sex}|||${address}||^PRN^CP^^^^199${pad(n, 8)}||ZH|M|||||||||||CHN`;
}

function stay(n: number, event: string, control: string): Uint8Array {
  const ward = pick(WARDS, n);
  return bytesOf([
    header('HIS', `ADT^${event}^ADT_${event}`, control),
    `EVN|${event}|${STAMP}|||0213^王建国|${STAMP}`,
    pid(n),
    `NK1|1|${nameOf(n + 7)}|SPO^配偶|测试省测试市解放路${1 + (n % 400)}号|^PRN^CP^^^^198${pad(n, 8)}||C`,
    `PV1|1|I|D-${ward}^${101 + (n % 20)}^${1 + (n % 4)}^A院区|R|||0213^王建国|||${ward}||||1||||IN|V${n}^^^HOSP01^VN|||||||||||||||||||||||||${STAMP}`,
    `PV2|||^发热待查，收入院进一步检查与治疗|||||||7`,
    `AL1|1|DA|PCN^青霉素|SV|皮疹`,
    `DG1|1||I10.x00^原发性高血压^ICD10||${STAMP}|A`,
    `IN1|1|0310^城镇职工基本医疗保险|YB01|测试市医疗保障局||||||||20260101|20261231|||${nameOf(n)}|SEL^本人`,
  ]);
}

/** A short admission of the n-th patient, whom nobody knows yet: Patient, Encounter, Location, Condition; about 0.5 KB. */
export function shortAdmission(n: number): Uint8Array {
  const ward = pick(WARDS, n);
  return bytesOf([
    header('HIS', 'ADT^A01^ADT_A01', `B${n}`),
    `EVN|A01|${STAMP}`,
    pid(n),
    `PV1|1|I|D-${ward}^${101 + (n % 20)}^${1 + (n % 4)}^A院区||||0213^王建国|||${ward}|||||||||V${n}^^^HOSP01^VN|||||||||||||||||||||||||${STAMP}`,
    `DG1|1||I10.x00^原发性高血压^ICD10||${STAMP}|A`,
  ]);
}

/** Admission of the n-th patient, whom nobody knows yet: with next of kin, allergy, diagnosis and insurance; about 1 KB. */
export const admission = (n: number): Uint8Array => stay(n, 'A01', `A${n}`);

/** An update of the n-th patient; the `time`-th says nothing that the one before has not said, but has a new MSH-10. */
export const update = (n: number, time: number): Uint8Array => stay(n, 'A08', `U${n}-${time}`);

const ANALYTES = [
  ['718-7', 'HGB^血红蛋白', 'g/L', '130-175', 145],
  ['6690-2', 'WBC^白细胞', '10*9/L', '3.5-9.5', 6],
  ['777-3', 'PLT^血小板', '10*9/L', '125-350', 210],
  ['2823-3', 'K^血钾', 'mmol/L', '3.5-5.3', 4],
  ['2951-2', 'NA^血钠', 'mmol/L', '137-147', 140],
  ['2075-0', 'CL^血氯', 'mmol/L', '99-110', 104],
  ['2345-7', 'GLU^葡萄糖', 'mmol/L', '3.9-6.1', 5],
  ['2160-0', 'CREA^肌酐', 'umol/L', '57-97', 70],
  ['3094-0', 'UREA^尿素', 'mmol/L', '3.1-8.0', 5],
  ['1742-6', 'ALT^丙氨酸氨基转移酶', 'U/L', '9-50', 22],
  ['1920-8', 'AST^天门冬氨酸氨基转移酶', 'U/L', '15-40', 24],
  ['2085-9', 'HDL^高密度脂蛋白', 'mmol/L', '1.0-1.9', 1],
] as const;

/** Twelve results of one order for the n-th patient. */
export function results(n: number, order: number): Uint8Array {
  return bytesOf([
    header('LIS', 'ORU^R01^ORU_R01', `L${n}-${order}`),
    `PID|1||P${n}^^^HOSP01^MR||${nameOf(n)}||${birthOf(n)}|${isMale(n) ? 'M' : 'F'}`,
    `PV1|1|I|D-${pick(WARDS, n)}||||||||||||||||V${n}^^^HOSP01^VN`,
    `ORC|RE|O${n}-${order}^HIS|F${n}-${order}^LIS||CM`,
    `OBR|1|O${n}-${order}^HIS|F${n}-${order}^LIS|CHEM^生化血常规^L|||${STAMP}|||||||${STAMP}|BLD|0213^王建国||||||${STAMP}||LAB|F`,
    ...ANALYTES.map(([loinc, name, unit, range, normal], at) => {
      const value = (normal * (0.95 + (mix(n + order, at) % 100) / 1_000)).toFixed(2);
      return `OBX|${at + 1}|NM|${loinc}^${name}^LN||${value}|${unit}^^UCUM|${range}|N|||F|||${STAMP}`;
    }),
  ]);
}
