/** One patient's messages, in the order in which one connection sends them. */
export interface PatientStory {
  readonly number: string;
  readonly messages: readonly string[];
}

/** One write of a FHIR client, safe to repeat. */
export interface FhirWriting {
  readonly method: 'PUT' | 'POST';
  /** Below the base of the endpoint. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes the messages of one patient, each ten seconds after the one before. */
class Story {
  readonly messages: string[] = [];
  readonly #number: string;
  readonly #start: Date;

  constructor(number: string, start: Date) {
    this.#number = number;
    this.#start = start;
  }

  /** @param lateBy seconds by which the news is older than its place in the story */
  add(event: string, structure: string, segments: readonly string[], lateBy = 0): void {
    const at = timestamp(new Date(this.#start.getTime() + (10 * this.messages.length - lateBy) * 1_000));
    const control = `${this.#number}-${this.messages.length}`;
    const evn = event.startsWith('ADT') ? [`EVN||${at}`] : [];
    const msh = `MSH|^~\\&|HIS|HOSP01|JINGLUO|HOSP01|${at}||${event}^${structure}|${control}|P|2.5.1||||||UNICODE UTF-8`;
    this.messages.push(`${[msh, ...evn, ...segments].join('\r')}\r`);
  }
}

/**
 * Messages that between them touch everything: persons, merges, versions, late news, corrected and critical results,
 * events, timed steps, messages to patients and staff.
 * @param start when the first one happened
 */
export function storyOf(n: number, start: Date): PatientStory {
  const number = `P${String(n).padStart(5, '0')}`;
  const story = new Story(number, start);
  const born = `19${50 + (n % 50)}0${1 + (n % 9)}1${n % 10}`;
  const pid = (version: number): string =>
    segment('PID', {
      1: '1',
      3: `${number}^^^HOSP01^MR`,
      5: `测试${number}`,
      7: born,
      8: n % 2 === 0 ? 'M' : 'F',
      11: `测试路${version}号^^上海`,
      13: `${phoneOf(n)}^PRN^CP`,
    });
  const stay = (ward: string): string =>
    segment('PV1', {
      1: '1',
      2: 'I',
      3: `${ward}^01^01^HOSP01`,
      7: '1001^医生',
      10: 'MED',
      19: `V${number}^^^HOSP01^VN`,
    });
  const diagnosis = 'DG1|1||E11.900^2型糖尿病^ICD10-GL|||A';
  story.add('ADT^A01', 'ADT_A01', [pid(0), stay('W1'), diagnosis, 'AL1|1|DA|PEN^青霉素^LOCAL|SV|皮疹']);
  story.add('ADT^A08', 'ADT_A01', [pid(1), stay('W1')]);
  story.add('ADT^A02', 'ADT_A02', [pid(1), stay('W2')]);
  // News from before the transfer that arrives after it: neither ward nor address may go back.
  story.add('ADT^A08', 'ADT_A01', [pid(2), stay('W1')], 25);
  addResults(story, n, { pid: pid(1), visit: stay('W2') });
  if (n % 5 === 0) addMerge(story, number);
  story.add('ADT^A03', 'ADT_A03', [pid(1), stay('W2')]);
  return { number, messages: story.messages };
}

function addResults(story: Story, n: number, of: { readonly pid: string; readonly visit: string }): void {
  const result = (code: string, value: string, status: string): void => {
    const order = `O${n}${code.slice(0, 4)}`;
    story.add('ORU^R01', 'ORU_R01', [
      of.pid,
      of.visit,
      `ORC|RE|${order}^HIS|R${order}^LIS`,
      segment('OBR', {
        1: '1',
        2: `${order}^HIS`,
        3: `R${order}^LIS`,
        4: `${code}^检验^LN`,
        7: '20261121060000',
        16: '1001^医生',
        25: status,
      }),
      segment('OBX', { 1: '1', 2: 'NM', 3: `${code}^检验^LN`, 5: value, 6: 'mmol/L', 11: status }),
    ]);
  };
  result('2345-7', '5.2', 'F');
  result('2345-7', '5.9', 'C');
  // A critical potassium. It is not corrected: who is told of a correction depends on who was told before it came.
  if (n % 3 === 0) result('2823-3', '6.8', 'F');
}

function addMerge(story: Story, number: string): void {
  const temporary = `T${number}`;
  const visit = segment('PV1', { 1: '1', 2: 'O', 3: 'D1', 19: `V${number}T^^^HOSP01^VN` });
  story.add('ADT^A04', 'ADT_A01', [`PID|1||${temporary}^^^HOSP01^MR||测试${number}`, visit]);
  story.add('ADT^A40', 'ADT_A39', [`PID|1||${number}^^^HOSP01^MR||测试${number}`, `MRG|${temporary}^^^HOSP01^MR`]);
}

/** What a FHIR client writes of one patient, in order: two versions, a result that is corrected, and one write on condition. */
export function writingsOf(n: number): readonly FhirWriting[] {
  const id = `fhir-${String(n).padStart(5, '0')}`;
  const patient = (city: string): FhirWriting => ({
    method: 'PUT',
    path: `Patient/${id}`,
    body: { resourceType: 'Patient', id, active: true, name: [{ text: `试验${n}` }], address: [{ city }] },
  });
  const subject = { reference: `Patient/${id}` };
  const weight = (value: number): FhirWriting => ({
    method: 'PUT',
    path: `Observation/${id}-w`,
    body: {
      resourceType: 'Observation',
      id: `${id}-w`,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
      subject,
      valueQuantity: { value, unit: 'kg' },
    },
  });
  const goal: FhirWriting = {
    method: 'POST',
    path: 'Observation',
    headers: { 'if-none-exist': `identifier=urn:prove|${id}` },
    body: {
      resourceType: 'Observation',
      identifier: [{ system: 'urn:prove', value: id }],
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] },
      subject,
      valueQuantity: { value: 170, unit: 'cm' },
    },
  };
  return [patient('上海'), weight(71), goal, patient('北京'), weight(72)];
}

/** A synthetic mobile number; it never changes, so that what reaches it can be counted. */
const phoneOf = (n: number): string => `1990${String(n).padStart(7, '0')}`;

/** HL7 DTM with seconds and offset, in China Standard Time. */
function timestamp(at: Date): string {
  const local = new Date(at.getTime() + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 19).replaceAll(/[-T:]/g, '')}+0800`;
}

/** A segment from its fields by number. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, index) => fields[index + 1] ?? '')].join('|');
}
