import { expect, test } from '@jest/globals';
import type { Message, Segment } from '../../../src/hl7/message.ts';
import type { GroupInstance } from '../../../src/hl7/structure.ts';
import { Instances } from '../../../src/mapping/run/instances.ts';
import { loaded, mapped, message } from './mapping-files.ts';

const set = loaded();

/** The message, and how often a field of it has been read. */
function counted(plain: Message): { readonly whole: Message; readonly reads: () => number } {
  let count = 0;
  const watch = (segment: Segment): Segment =>
    new Proxy(segment, {
      get: (target, name): unknown => {
        if (name === 'field' || name === 'has') count += 1;
        return Reflect.get(target, name);
      },
    });
  const segments = plain.segments.map(watch);
  const all = (name: string): readonly Segment[] => segments.filter((segment) => segment.name === name);
  const { text, separators, charset, warnings } = plain;
  const whole = { text, separators, charset, warnings, segments, all, first: (name: string) => all(name)[0] };
  return { whole, reads: () => count };
}

const many = (count: number, line: (n: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, n) => line(n));

function readsOf(segments: readonly string[]): number {
  const { whole, reads } = counted(
    message('MSH|^~\\&|LIS|H|J|J|20261121||ORU^R01|1|P|2.5', 'PID|1||P990001^^^H^MR', ...segments),
  );
  mapped(set, whole);
  return reads();
}

test.each<[string, (n: number) => string]>([
  ['numbers', (n) => `OBX|${n}|NM|K${n}^x||1|mmol/L|1-2|N|||F`],
  ['one code again and again', (n) => `OBX|${n}|NM|K^x||1|mmol/L|1-2|N|||F`],
  ['findings of one family', (n) => `OBX|${n}|CWE|K${n}^x|1|a^b||||||F`],
  ['lines of one text', (n) => `OBX|${n}|TX|K^x||line||||||F`],
  ['orders', (n) => `OBR|${n}|A${n}|F${n}|C\rOBX|1|NM|K^x||1||||||F`],
  ['notes', (n) => `NTE|${n}||note`],
])('four times as many segments cost four times as many reads: %s', (_, line) => {
  const head = 'OBR|1|A|F|C';
  const [few, lots] = [readsOf([head, ...many(100, line)]), readsOf([head, ...many(400, line)])];
  expect(lots).toBeLessThan(few * 4.2);
});

test('one code again and again is numbered in message order', () => {
  const lines = many(50, (n) => `OBX|${n}|NM|K^x||${n}||||||F`);
  const whole = message('MSH|^~\\&|LIS|H|J|J|20261121||ORU^R01|1|P|2.5', 'PID|1||7^^^H^MR', 'OBR|1|A|F|C', ...lines);
  const keys = mapped(set, whole)
    .patches.filter(({ type }) => type === 'Observation')
    .map(({ key }) => /#(\d+)$/u.exec(key?.value ?? '')?.[1]);
  expect(keys).toEqual([undefined, ...many(49, (n) => String(n + 2))]);
});

test('the resources of one group among thousands are found without looking at the others', () => {
  const root: GroupInstance = { name: 'R', index: 0, segments: [], groups: [] };
  const groups = many(1000, String).map((name, index) => ({ name, index, parent: root, segments: [], groups: [] }));
  let looks = 0;
  const instances = new Instances<{ readonly env: { readonly group: GroupInstance } }>();
  const add = (group: GroupInstance): void => {
    instances.add({
      get env() {
        looks += 1;
        return { group };
      },
    });
  };
  for (const group of groups) {
    add(group);
    expect(instances.within(0, group)).toHaveLength(1);
  }
  expect(instances.within(1, root)).toHaveLength(1000);
  expect(looks).toBeLessThan(5000);
});
