import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readMessage } from '../src/hl7/read-message.ts';
import { loadMappings } from '../src/mapping/load.ts';
import type { MappingContext } from '../src/mapping/contract.ts';

const ROOT = new URL('../mappings', import.meta.url).pathname;

const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));

const ADT = [
  'MSH|^~\\&|HIS|HOSP|JL|JL|20261121073000||ADT^A01|M1|P|2.4||||||UNICODE UTF-8',
  'EVN|A01|20261121073000',
  'PID|1||P1^^^HOSP01^MR~990000196803121014^^^MPS^NI||张伟||19680312|M|||北京市朝阳区某路1号^^北京^^100000||13900000001|||M||||',
  'NK1|1|李梅|SPO||13900000002',
  'PV1|1|I|D-骨科^101^2^A院区||||0213^王建国|||ORT|||||||||I20261118001|||||||||||||||||||||||||20261118100000',
  'AL1|1|DA|PCN^青霉素|SV|皮疹',
  'DG1|1||M17.100^膝关节病^ICD10||20261118|A',
].join('\r');

const ORU = [
  'MSH|^~\\&|LIS|HOSP|JL|JL|20261121083000||ORU^R01|L1|P|2.4||||||UNICODE UTF-8',
  'PID|1||P1^^^HOSP01^MR||张伟||19680312|M',
  'ORC|RE|A100|F100',
  'OBR|1|A100|F100|CHEM^生化|||20261121080000|||||||||0213^王建国||||||20261121082900||LAB|F',
  ...Array.from({ length: 12 }, (_, n) => `OBX|${n + 1}|NM|K${n}^血钾||6.80|mmol/L|3.5-5.3|N|||F`),
].join('\r');

const context: MappingContext = {
  installation: '6f1c2a5e-0d7b-4c55-9c3e-2f6f6a4b8e01',
  messageId: 'bench',
  channel: 'his',
  source: 'HIS',
  ids: {},
  zone: 'Asia/Shanghai',
  receivedAt: new Date(0),
  snapshots: [],
};

const began = performance.now();
const set = loadMappings(files);
const compiled = performance.now() - began;
if (!set.ok) {
  console.error(set.error);
  process.exit(1);
}
console.log(`compile of all mappings: ${compiled.toFixed(0)} ms (goal 300)`);

function time(work: () => void, count: number): number {
  const start = process.cpuUsage();
  for (let n = 0; n < count; n += 1) work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
}

function measure(name: string, text: string): void {
  const bytes = new TextEncoder().encode(text);
  const parse = (): ReturnType<typeof readMessage> => readMessage(bytes);
  const map = (): void => {
    const message = parse();
    if (!message.ok || !set.ok) return;
    const mapping = set.value.for(message.value);
    if (mapping.ok) mapping.value.run(message.value, context);
  };
  const rounds: { parse: number; map: number }[] = [];
  time(map, 2000);
  // Interleaved, so that both meet the same machine.
  for (let round = 0; round < 7; round += 1) rounds.push({ parse: time(parse, 500), map: time(map, 500) });
  const middle = (pick: (round: { parse: number; map: number }) => number): number =>
    rounds.map(pick).toSorted((a, b) => a - b)[3] ?? 0;
  const [plain, whole] = [middle((round) => round.parse), middle((round) => round.map)];
  const alone = whole - plain;
  console.log(
    `${name}: parse ${plain.toFixed(1)} µs, parse and map ${whole.toFixed(1)} µs; mapping alone ${(1e6 / alone).toFixed(0)}/s`,
  );
}

measure('ADT^A01', ADT);
measure('ORU^R01 of 12', ORU);
