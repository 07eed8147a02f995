import hl7parser from 'hl7parser';

import { decodeBytes } from '../src/hl7/charset.ts';
import { parseMessage } from '../src/hl7/parse.ts';
import { parsePath, readPath, type Hl7Path } from '../src/hl7/path.ts';

/**
 * Parse and read 12 fields, against npm hl7parser 1.0.1 in interleaved rounds, and the cost of OBX-5 at 1 and 5 MB.
 * Prints ratios; the goals are at least 7 times hl7parser and a 5 MB message at no more than 7 times the cost of 1 MB.
 */
const ROUNDS = 7;
const MESSAGES = 256;
const ROUND_MS = 250;

interface Subject {
  readonly name: string;
  readonly messages: readonly string[];
  readonly paths: readonly string[];
}

function adt(i: number): string {
  const filler = `SYNTHETIC ROAD ${i}^BLOCK ${i % 9}^TESTTOWN^TESTPROVINCE^990000^CHN^H`;
  return [
    `MSH|^~\\&|HIS|HOSP01|JINGLUO|HOSP01|20261121073000+0800||ADT^A01^ADT_A01|BENCH${i}|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8`,
    `EVN|A01|20261121072900+0800|||OP${i}^OPERATOR^TEST|20261121072500+0800|HOSP01`,
    `PID|1||P${i}^^^HOSP01^MR~99000019680312${1000 + (i % 9000)}^^^CN^NI||TESTFAMILY${i}^GIVEN\\T\\${i}^^^^^L||19680312|M|||${filler}~${filler}||^PRN^PH^^^^1390000${i}|^WPN^PH^^^^1380000${i}||M|||A${i}`,
    `PD1|||CLINIC ${i}^^C${i}|D${i}^DOCTOR^TEST`,
    `NK1|1|KIN${i}^TEST|SPO^Spouse^HL70063|${filler}|^PRN^PH^^^^1370000${i}`,
    `PV1|1|I|W${i % 20}^R${i % 50}^B${i % 4}^HOSP01|R|||D${i}^ATTENDING^TEST|D${i + 1}^REFERRING^TEST||MED||||1|||D${i}^ADMITTING^TEST|IN|V${i}^^^HOSP01^VN|||||||||||||||||||||||||20261121072500+0800`,
    `PV2||||||||20261121|20261128||ELECTIVE SURGERY^TEST REASON ${i}||||||||||N`,
    `NK1|2|PARENT${i}^TEST|MTH^Mother^HL70063|${filler}|^PRN^PH^^^^1360000${i}`,
    `DG1|1||I10^ESSENTIAL HYPERTENSION^I10C||20261121|A`,
    `AL1|1|DA|PEN^PENICILLIN^L|SV|RASH`,
    `IN1|1|BASIC^BASIC COVER^L|IC${i}|TEST INSURANCE OFFICE|${filler}|||||||20260101|20261231`,
    '',
  ].join('\r');
}

function oru(i: number): string {
  const observations = Array.from({ length: 10 }, (_, n) => {
    const code = `L${n}^TEST ANALYTE NUMBER ${n} IN SERUM^LOCAL^${2000 + n}-5^Test analyte ${n}^LN`;
    return `OBX|${n + 1}|NM|${code}||${(i % 90) + n}.${n}|mmol/L^millimole per litre^UCUM|3.5-5.5|N|||F|||20261121080000+0800||T${i}^TECH^TEST`;
  });
  return [
    `MSH|^~\\&|LIS|HOSP01|JINGLUO|HOSP01|20261121083000+0800||ORU^R01^ORU_R01|BENCH${i}|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8`,
    `PID|1||P${i}^^^HOSP01^MR||TESTFAMILY${i}^GIVEN${i}||19680312|F`,
    `PV1|1|O|LAB|||||||||||||||||V${i}^^^HOSP01^VN`,
    `ORC|RE|O${i}^HIS|F${i}^LIS||CM||||20261121075000+0800|||D${i}^DOCTOR^TEST`,
    `OBR|1|O${i}^HIS|F${i}^LIS|PANEL^ELECTROLYTES^LOCAL|||20261121075500+0800||||||||SER|D${i}^DOCTOR^TEST||||||20261121083000+0800|||F`,
    ...observations,
    `NTE|1|L|Checked by the second reader, sample ${i} without haemolysis; synthetic comment for measurement only.`,
    '',
  ].join('\r');
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'ADT',
    messages: Array.from({ length: MESSAGES }, (_, i) => adt(i)),
    paths: 'MSH-9.2 MSH-10 EVN-2 PID-3.1 PID-3.4 PID-5.1 PID-5.2 PID-7 PID-8 PID-11.3 PV1-3.1 PV1-19.1'.split(' '),
  },
  {
    name: 'ORU',
    messages: Array.from({ length: MESSAGES }, (_, i) => oru(i)),
    paths: 'MSH-9.2 MSH-10 PID-3.1 PID-5.1 PID-8 OBR-2.1 OBR-4.1 OBR-25 OBX-3.1 OBX-5 OBX-6.1 OBX-11'.split(' '),
  },
];

/** Keeps the work from being optimised away. */
let characters = 0;

function ours(paths: readonly Hl7Path[]): (text: string) => void {
  return (text) => {
    const message = parseMessage(text, { charset: 'utf-8' });
    if (!message.ok) return;
    for (const path of paths) characters += readPath(message.value, path).length;
  };
}

function theirs(paths: readonly string[]): (text: string) => void {
  const dotted = paths.map((path) => path.replace('-', '.'));
  return (text) => {
    // It throws on a terminator at the end of the message.
    const message = hl7parser.create(text.slice(0, -1));
    for (const path of dotted) characters += message.get(path).toString().length;
  };
}

/** Messages per second of CPU time. */
function rate(messages: readonly string[], run: (text: string) => void): number {
  const before = process.cpuUsage();
  const stop = performance.now() + ROUND_MS;
  let done = 0;
  while (performance.now() < stop) {
    for (const text of messages) run(text);
    done += messages.length;
  }
  const used = process.cpuUsage(before);
  return (done * 1_000_000) / (used.user + used.system);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function compare({ name, messages, paths }: Subject): void {
  const runs = [ours(paths.flatMap((path) => parsePath(path) ?? [])), theirs(paths)];
  const rates: number[][] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    runs.forEach((run, i) => {
      const measured = rate(messages, run);
      // The first round warms up.
      if (round > 0) rates[i]?.push(measured);
    });
  }
  const [own = 0, other = 1] = rates.map(median);
  const bytes = Math.round(messages.reduce((sum, text) => sum + text.length, 0) / messages.length);
  console.log(
    `parse ${name} ${bytes} B + ${paths.length} fields: ours ${Math.round(own)}/s, hl7parser ${Math.round(other)}/s, ` +
      `ratio ${(own / other).toFixed(1)} (goal 7)`,
  );
}

/** Milliseconds to decode, parse and read a message with so many bytes in OBX-5, best of five. */
function large(bytes: number): number {
  const head = adt(0);
  const message = Buffer.from(
    `${head}OBX|1|ED|PDF^Report^L||^AP^^Base64^${'QUJD'.repeat(bytes / 4)}||||||F\rNTE|1||end\r`,
  );
  let best = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    const decoded = decodeBytes(message);
    const parsed = decoded.ok ? parseMessage(decoded.value.text, decoded.value) : decoded;
    if (parsed.ok) {
      for (let n = 1; n <= 11; n += 1) characters += parsed.value.first('OBX')?.value(n, 1, 5).length ?? 0;
      characters += parsed.value.first('NTE')?.value(3).length ?? 0;
    }
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

for (const subject of SUBJECTS) compare(subject);
const small = large(1_000_000);
const big = large(5_000_000);
console.log(
  `OBX-5 of 1 MB ${small.toFixed(1)} ms, of 5 MB ${big.toFixed(1)} ms, ratio ${(big / small).toFixed(1)} (linear 5, goal 7)`,
);
if (characters === 0) process.exitCode = 1;
