import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readMessage } from '../src/hl7/read-message.ts';
import { loadMappings } from '../src/mapping/load.ts';
import type { MappingContext } from '../src/mapping/contract.ts';
import { admission, results } from './support/messages.ts';

const ROOT = new URL('../mappings', import.meta.url).pathname;

const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }));

/** What is told about the n-th message. */
const context = (n: number): MappingContext => ({
  installation: '6f1c2a5e-0d7b-4c55-9c3e-2f6f6a4b8e01',
  messageId: `bench-${n}`,
  channel: 'his',
  source: 'HIS',
  ids: {},
  zone: 'Asia/Shanghai',
  receivedAt: new Date(0),
  snapshots: [],
});

/** Reads, checks and compiles mappings once, as a start does. */
function load(what: string, of: typeof files): ReturnType<typeof loadMappings> {
  const began = performance.now();
  const loaded = loadMappings(of);
  console.log(`${what}: ${(performance.now() - began).toFixed(0)} ms`);
  return loaded;
}

const base = files.filter(({ path }) => !path.startsWith('sites'));
load('compile of all base mappings (goal 300 ms)', base);
const set = load('compile of base and sites, warm', files);
if (!set.ok) {
  console.error(set.error);
  process.exit(1);
}

const ROUNDS = 7;
const COUNT = 500;

type Make = (n: number) => Uint8Array;
let made = 0;

/** Messages that nothing has seen yet: an installation meets every number once, so ids may not be known from before. */
const fresh = (make: Make, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, () => {
    made += 1;
    return make(made);
  });

/** Processor time of one message, in microseconds. */
function time(messages: readonly Uint8Array[], work: (bytes: Uint8Array) => void): number {
  const start = process.cpuUsage();
  for (const bytes of messages) work(bytes);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / messages.length;
}

const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

function measure(name: string, make: Make, count: number): void {
  const parse = (bytes: Uint8Array): void => {
    readMessage(bytes);
  };
  const map = (bytes: Uint8Array): void => {
    const message = readMessage(bytes);
    if (!message.ok || !set.ok) return;
    const mapping = set.value.for(message.value);
    if (mapping.ok) mapping.value.run(message.value, context(made));
  };
  // An engine runs for weeks: what is compiled late by V8 is compiled before it is measured.
  time(fresh(make, count * 20), map);
  const plain: number[] = [];
  const whole: number[] = [];
  // Interleaved, so that both meet the same machine.
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(time(fresh(make, count), parse));
    whole.push(time(fresh(make, count), map));
  }
  const [parsed, both] = [middle(plain), middle(whole)];
  const rate = (1e6 / (both - parsed)).toFixed(both < 10_000 ? 0 : 1);
  console.log(`${name}: parse ${parsed.toFixed(1)} µs, parse and map ${both.toFixed(1)} µs; mapping alone ${rate}/s`);
}

const LINES = 5_000;

/** One order of very many results, which must cost no more for each than an order of twelve. */
const longResults: Make = (n) =>
  new TextEncoder().encode(
    [
      'MSH|^~\\&|LIS|HOSP01|JINGLUO|HOSP01|20261121083000+0800||ORU^R01^ORU_R01|B1|P|2.4||||||UNICODE UTF-8',
      `PID|1||P${n}^^^HOSP01^MR`,
      `OBR|1|O${n}^HIS|F${n}^LIS|CHEM^生化^L|||20261121080000`,
      ...Array.from({ length: LINES }, (_, at) => `OBX|${at + 1}|NM|K${at}^血钾^L||6.80|mmol/L^^UCUM|3.5-5.3|N|||F`),
    ].join('\r'),
  );

measure('ADT^A01', admission, COUNT);
measure('ORU^R01 of 12', (n) => results(n, 0), COUNT);
measure(`ORU^R01 of ${LINES}`, longResults, 1);
