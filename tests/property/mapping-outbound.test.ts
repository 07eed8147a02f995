import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMessage } from '../../src/hl7/read-message.ts';
import { isResource } from '../../src/mapping/outbound/run/item.ts';
import { loaded } from '../unit/mapping/mapping-files.ts';
import {
  inputOf,
  leavesOf,
  linesOf,
  loadedOutbound,
  outbound,
  resourcesOf,
  run,
} from '../unit/mapping-outbound/outbound-files.ts';

const inbound = loaded();
const set = loadedOutbound();

const number = fc.integer({ min: 990001, max: 990999 }).map(String);
const word = fc.constantFrom('Smith', '张', '欧阳', 'O\\T\\Neil', 'a\\F\\b', '三', 'Émile', '李');
const day = fc.constantFrom('1990', '199003', '19900307', '19900307', '20261121');
const time = fc.constantFrom('20261121', '202611210730', '20261121073000.5-0500', '20261121073000+0000');
const authority = fc.constantFrom('HOSP', '&1.2.156.990.1&ISO', 'LAB', '');
const cx = fc
  .tuple(number, authority, fc.constantFrom('MR', 'PI', 'NI', ''))
  .map(([n, by, kind]) => `${n}^^^${by}^${kind}`);
const ei = fc.tuple(number, fc.constantFrom('HIS', 'LIS', '')).map(([n, by]) => `${n}^${by}`);
const name = fc
  .tuple(word, word, fc.constantFrom('', 'B C'), fc.constantFrom('', 'Dr'), fc.constantFrom('', 'L', 'D', 'M'))
  .map(([family, given, others, prefix, use]) => `${family}^${given}^${others}^^${prefix}^^${use}`);
const cwe = fc.constantFrom(
  'E11.9^2型糖尿病^I10',
  'K^血钾^L',
  'X',
  '^only text',
  'A^a^LN^B^b^SCT',
  'C^c^99LOC^^^^^^其他',
);
// One number is one person, who has one name.
const xcn = number.map((n) => (Number(n) % 2 === 0 ? `${n}^李^三^^^^^^HOSP` : `${n}^Smith^Ann^^^^^^HOSP`));
const pl = fc.constantFrom('W1^12^2^HOSP', 'W1^^^HOSP', 'ICU^1^3^HOSP^^^B2^4');
const xtn = fc.constantFrom('13800990001^PRN^PH', '021-990001^PRN^FX', '^PRN^Internet^a@b.example');
const xad = fc.constantFrom('朝阳路1号^^北京市^^100020^^H', '1 Main St^Apt 2^Town^ST^99999^US^O', '路^^市^省^^^^^区');
const maybe = (value: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), value);

/** A segment whose fields are filled by number. */
const segment = (id: string, fields: Readonly<Record<number, fc.Arbitrary<string>>>): fc.Arbitrary<string> =>
  fc.tuple(...Object.values(fields)).map((values) => {
    const numbers = Object.keys(fields).map(Number);
    const last = Math.max(...numbers);
    const texts = Array.from({ length: last }, (_, index) => values[numbers.indexOf(index + 1)] ?? '');
    return [id, ...texts].join('|');
  });

const one = fc.constant('1');
const pid = segment('PID', {
  1: one,
  3: fc
    .uniqueArray(cx, { minLength: 1, maxLength: 3, selector: (text) => text.split('^')[0] })
    .map((list) => list.join('~')),
  5: name,
  7: maybe(fc.oneof(day, time)),
  8: maybe(fc.constantFrom('M', 'F', 'U')),
  11: maybe(xad),
  13: maybe(xtn),
  16: maybe(fc.constantFrom('M', 'S', 'D^离婚^99LOC')),
  29: maybe(day),
});
const pv1 = segment('PV1', {
  1: one,
  2: fc.constantFrom('I', 'O', 'E'),
  3: maybe(pl),
  7: maybe(xcn),
  10: maybe(cwe),
  19: number,
  44: maybe(time),
});
const header = (type: string): string => `MSH|^~\\&|HIS|H|J|J|20261121080000+0800||${type}|1|P|2.5`;

const al1 = segment('AL1', { 1: one, 2: maybe(fc.constantFrom('DA', 'FA')), 3: cwe });
const nk1 = segment('NK1', {
  1: one,
  2: name,
  3: maybe(fc.constantFrom('SPO^配偶^HL70063', 'MTH', 'X^^L')),
  4: maybe(xad),
  5: maybe(xtn),
});
const dg1 = segment('DG1', { 1: one, 3: cwe, 5: maybe(time), 6: maybe(fc.constantFrom('A', 'F')), 16: maybe(xcn) });
const adt = fc
  .tuple(pid, fc.option(nk1), fc.option(pv1), fc.option(al1), fc.option(dg1))
  .map((lines) => ['EVN||20261121080000', ...lines].filter((line) => line !== null))
  .map((lines) => [header('ADT^A08'), ...lines].join('\r'));
const obx = fc.oneof(
  fc
    .tuple(fc.constantFrom('5.10', '<0.5', '120'), cwe)
    .map(([value, code]) => `NM|${code}||${value}|mmol/L^mmol/L^UCUM|3-5|H|||F`),
  fc.tuple(fc.constantFrom('^1^:^128', '>^5', '^1^-^5'), cwe).map(([value, code]) => `SN|${code}||${value}||||||F`),
  fc.tuple(cwe, cwe).map(([value, code]) => `CWE|${code}||${value}||||||P`),
  fc.tuple(word, cwe).map(([value, code]) => `ST|${code}||${value}||||||F`),
  fc.tuple(time, cwe).map(([value, code]) => `DTM|${code}||${value}||||||F`),
);
const obr = segment('OBR', {
  1: one,
  2: ei,
  3: ei,
  4: cwe,
  7: maybe(time),
  16: maybe(xcn),
  22: maybe(time),
  25: fc.constantFrom('F', 'P'),
});
const spm = segment('SPM', {
  1: one,
  2: ei.map((text) => `^${text.replace('^', '&')}`),
  4: cwe,
  17: maybe(time),
  18: maybe(time),
});
const oru = fc
  .tuple(
    pid,
    obr,
    fc.uniqueArray(obx, { minLength: 1, maxLength: 4, selector: (text) => text.split('|')[1]?.split('^')[0] }),
    fc.option(word),
    fc.option(spm),
  )
  .map(([who, report, results, note, specimen]) => {
    const lines = results.map((text, n) => `OBX|${n + 1}|${text}`);
    const behind = [...(note === null ? [] : [`NTE|1||${note}`]), ...(specimen === null ? [] : [specimen])];
    return [header('ORU^R01'), who, report, ...lines, ...behind].join('\r');
  });
const orm = fc
  .tuple(
    pid,
    ei,
    ei,
    segment('OBR', { 1: one, 4: cwe, 5: fc.constantFrom('S', 'R', 'A'), 36: maybe(time) }),
    fc.option(word),
  )
  .map(([who, placer, filler, order, note]) =>
    [header('ORM^O01'), who, `ORC|NW|${placer}|${filler}`, order, ...(note === null ? [] : [`NTE|1||${note}`])].join(
      '\r',
    ),
  );
const siu = fc
  .tuple(
    pid,
    segment('SCH', { 1: ei, 2: ei, 7: maybe(cwe), 8: maybe(cwe), 9: maybe(number), 25: fc.constant('BOOKED') }),
    xcn,
    pl,
    cwe,
  )
  .map(([who, booked, doctor, room, what]) =>
    [
      header('SIU^S12'),
      booked,
      who,
      'RGS|1',
      `AIS|1||${what}|20261201090000`,
      `AIL|1||${room}`,
      `AIP|1||${doctor}`,
    ].join('\r'),
  );
const mdm = fc
  .tuple(
    pid,
    segment('TXA', {
      1: one,
      2: cwe,
      3: fc.constant('TX'),
      6: maybe(time),
      9: maybe(xcn),
      12: ei,
      17: fc.constantFrom('AU', 'DI'),
      19: fc.constantFrom('AV', 'OB'),
    }),
    word,
  )
  .map(([who, document, text]) =>
    [header('MDM^T02'), 'EVN||20261121080000', who, document, `OBX|1|TX|X||${text}||||||F`].join('\r'),
  );

test.each([
  ['ADT_A08', adt],
  ['ORU_R01', oru],
  ['ORM_O01', orm],
  ['SIU_S12', siu],
  ['MDM_T02', mdm],
])(
  '%s: what goes out as HL7 v2 comes back as the same resources, and goes out as the same message again',
  (message, messages) => {
    const mapping = outbound(set, message);
    fc.assert(
      fc.property(messages, (text) => {
        const first = resourcesOf(inbound, text);
        const sent = run(mapping, inputOf(first));
        const [out] = sent.messages;
        expect(sent.messages).toHaveLength(1);
        const second = resourcesOf(inbound, out?.text ?? '');
        const [again] = run(mapping, inputOf(second)).messages;
        expect(linesOf(again?.text ?? '')).toEqual(linesOf(out?.text ?? ''));
        const back = new Set(leavesOf(second).values());
        const unsaid = new Set(out?.unsaid.map(({ path }) => path));
        // The URL of an extension says nothing without its value.
        const isSaid = (path: string): boolean =>
          !unsaid.has(path) &&
          !(path.endsWith('.url') && [...unsaid].some((one) => one.startsWith(path.slice(0, -'url'.length))));
        const lost = [...leavesOf(first)].filter(
          ([path, leaf]) => isSaid(path) && !sent.unused.includes(path.split('.')[0] ?? '') && !back.has(leaf),
        );
        expect(lost).toEqual([]);
      }),
      { numRuns: 60 },
    );
  },
);

/** The resources with one value, somewhere inside, replaced by any other. */
function damaged(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => (index === step % value.length ? damaged(one, rest, by) : one));
  }
  const names = Object.keys(value);
  const chosen = names[step % Math.max(names.length, 1)];
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === chosen ? damaged(part, rest, by) : part]),
  );
}

const mutants = fc.record({
  path: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
  by: fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      '',
      '""',
      'urn:jingluo:namespace/%',
      'urn:jingluo:codes/%',
      'PractitionerRole/x',
      '#',
      '2026-13-45',
    ),
  ),
});

test.each([
  ['ADT_A08', adt],
  ['ADT_A40', adt],
  ['ORU_R01', oru],
  ['ORM_O01', orm],
  ['SIU_S12', siu],
  ['MDM_T02', mdm],
])('%s: whatever resources hold, there are messages that can be read, or none', (message, messages) => {
  const mapping = outbound(set, message);
  fc.assert(
    fc.property(messages, fc.array(mutants, { minLength: 1, maxLength: 3 }), (text, changes) => {
      const resources: unknown = changes.reduce<unknown>(
        (value, { path, by }) => damaged(value, path, by),
        resourcesOf(inbound, text),
      );
      const whole = Array.isArray(resources) ? resources.filter(isResource) : [];
      for (const made of run(mapping, inputOf(whole)).messages) expect(readMessage(made.bytes).ok).toBe(true);
    }),
    { numRuns: 60 },
  );
});
