import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readMessage } from '../../src/hl7/read-message.ts';
import type { MappingContext } from '../../src/mapping/contract.ts';
import { readYaml } from '../../src/mapping/read/yaml.ts';
import { child, itemsOf, textAt } from '../../src/mapping/source/node.ts';
import { loaded, mappingFiles } from '../unit/mapping/mapping-files.ts';

const files = mappingFiles();
const set = loaded(files);

const messages = files
  .filter(({ path }) => path.startsWith('cases/'))
  .flatMap(({ path, text }) => {
    const cases = readYaml(path, text);
    return cases.ok ? itemsOf(cases.value).map((node) => textAt(child(node, 'message')) ?? '') : [];
  })
  .filter((text) => text !== '')
  .map((text) => text.trim().replaceAll(/\r?\n/gu, '\r'));

const SETTINGS: readonly Partial<MappingContext>[] = [
  {},
  { source: 'LIS' },
  { zone: '-05:00' },
  { ids: { MR: 'HOSP02', VN: 'HOSP02' } },
  { installation: '11111111-1111-4111-8111-111111111111' },
];

/** The mapping of a text; with a trace every rule looks itself, without one it may use what it yielded before. */
function map(text: string, setting: Partial<MappingContext>, trace: boolean): unknown {
  const message = readMessage(new TextEncoder().encode(text));
  if (!message.ok) throw new TypeError('the message cannot be read');
  const mapping = set.for(message.value);
  if (!mapping.ok) throw new TypeError('there is no mapping');
  const result = mapping.value.run(message.value, {
    installation: '00000000-0000-4000-8000-000000000000',
    messageId: 'test',
    channel: 'test',
    source: 'TEST',
    ids: {},
    zone: '+08:00',
    receivedAt: new Date(0),
    snapshots: [],
    ...setting,
    trace,
  });
  return { ...result, trace: undefined };
}

describe('what rules yielded for the same texts before', () => {
  test('comes to the same as looking again, whoever sends', () => {
    expect(messages.length).toBeGreaterThan(100);
    for (const text of messages) {
      for (const setting of [...SETTINGS, ...SETTINGS]) {
        expect(map(text, setting, false)).toEqual(map(text, setting, true));
      }
    }
  });

  test('also where fields of one message meet those of another', () => {
    const one = fc.constantFrom(...messages);
    fc.assert(
      fc.property(one, one, fc.nat(), fc.constantFrom(...SETTINGS), (first, second, at, setting) => {
        const text = crossed(first, second, at);
        expect(map(text, setting, false)).toEqual(map(text, setting, true));
      }),
      { numRuns: 300 },
    );
  });

  test('also where a sender has other delimiters each time', () => {
    const [text = ''] = messages;
    const others = Array.from({ length: 600 }, (_, n) => String.fromCodePoint(0x4e00 + n));
    for (const other of others) {
      const own = text.replaceAll('^', other);
      expect(map(own, {}, false)).toEqual(map(own, {}, true));
    }
  });
});

/** The first message with a segment of the second in the place of its own of that name. */
function crossed(first: string, second: string, at: number): string {
  const others = second.split('\r').slice(1);
  const other = others[at % others.length] ?? '';
  return first
    .split('\r')
    .map((segment, index) => (index > 0 && segment.slice(0, 3) === other.slice(0, 3) ? other : segment))
    .join('\r');
}
