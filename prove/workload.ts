/** One patient's messages, in the order in which one connection sends them. */
export interface PatientStory {
  readonly number: string;
  readonly messages: readonly string[];
}

/** Messages that between them touch everything: persons, merges, versions, events, dated steps, messages to people. */
export function storyOf(n: number, run: string): PatientStory {
  const number = `${run}${String(n).padStart(5, '0')}`;
  const visit = `V${number}`;
  const messages: string[] = [];
  const add = (event: string, structure: string, segments: readonly string[]): void => {
    const minute = String(messages.length).padStart(2, '0');
    const at = `202611210${1 + (n % 8)}${minute}00+0800`;
    const control = `${number}-${messages.length}`;
    const evn = event.startsWith('ADT') ? [`EVN||${at}`] : [];
    const msh = `MSH|^~\\&|HIS|HOSP01|JINGLUO|HOSP01|${at}||${event}^${structure}|${control}|P|2.5.1||||||UNICODE UTF-8`;
    messages.push(`${[msh, ...evn, ...segments].join('\r')}\r`);
  };
  const pid = (phone: string): string =>
    `PID|1||${number}^^^HOSP01^MR||测试${number}||19${50 + (n % 50)}0${1 + (n % 9)}1${n % 10}|${n % 2 === 0 ? 'M' : 'F'}|||||${phone}^PRN^CP`;
  const pv1 = (ward: string): string =>
    segment('PV1', {
      1: '1',
      2: 'I',
      3: `${ward}^01^01^HOSP01`,
      7: '1001^医生',
      10: 'MED',
      19: `${visit}^^^HOSP01^VN`,
    });
  add('ADT^A01', 'ADT_A01', [
    pid(phoneOf(n, 0)),
    pv1('W1'),
    'DG1|1||E11.900^2型糖尿病^ICD10-GL|||A',
    'AL1|1|DA|PEN^青霉素^LOCAL|SV|皮疹',
  ]);
  add('ADT^A08', 'ADT_A01', [pid(phoneOf(n, 1)), pv1('W1')]);
  add('ADT^A02', 'ADT_A02', [pid(phoneOf(n, 1)), pv1('W2')]);
  const result = (status: string, value: string): readonly string[] => [
    pid(phoneOf(n, 1)),
    `ORC|RE|O${number}^HIS|R${number}^LIS`,
    segment('OBR', {
      1: '1',
      2: `O${number}^HIS`,
      3: `R${number}^LIS`,
      4: 'GLU^葡萄糖^LIS',
      7: '20261121060000',
      16: '1001^医生',
      25: status,
    }),
    segment('OBX', { 1: '1', 2: 'NM', 3: '2345-7^葡萄糖^LN', 5: value, 6: 'mmol/L', 7: '3.9-6.1', 11: status }),
  ];
  add('ORU^R01', 'ORU_R01', result('F', '5.2'));
  add('ORU^R01', 'ORU_R01', result('C', '5.9'));
  if (n % 5 === 0) {
    const temporary = `T${number}`;
    add('ADT^A04', 'ADT_A01', [
      `PID|1||${temporary}^^^HOSP01^MR||测试${number}`,
      segment('PV1', { 1: '1', 2: 'O', 3: 'D1', 19: `${visit}T^^^HOSP01^VN` }),
    ]);
    add('ADT^A40', 'ADT_A39', [`PID|1||${number}^^^HOSP01^MR||测试${number}`, `MRG|${temporary}^^^HOSP01^MR`]);
  }
  add('ADT^A03', 'ADT_A03', [pid(phoneOf(n, 1)), pv1('W2')]);
  return { number, messages };
}

/** A synthetic mobile number. */
const phoneOf = (n: number, version: number): string => `199${version}${String(n).padStart(7, '0')}`;

/** A segment from its fields by number. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|');
}
