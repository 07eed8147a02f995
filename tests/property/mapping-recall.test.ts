import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { MappingContext } from '../../src/mapping/contract.ts';
import type { MappingResult } from '../../src/mapping/result.ts';
import { readYaml } from '../../src/mapping/read/yaml.ts';
import { child, itemsOf, textAt } from '../../src/mapping/source/node.ts';
import { CONTEXT, loaded, mapped, mappingFiles, message } from '../unit/mapping/mapping-files.ts';

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
function map(text: string, setting: Partial<MappingContext>, trace: boolean): MappingResult {
  const result = mapped(set, message(...text.split('\r')), { ...CONTEXT, ...setting, trace });
  return { ...result, trace: [] };
}

describe('what rules yielded for the same texts before', () => {
  test('is the very value again, for codes', () => {
    const text = 'MSH|^~\\&|HIS|H|J|J|20261121||ADT^A08^ADT_A01|1|P|2.5\rPID|1||P990001^^^H^MR||Test|||||||||||M';
    const maritalStatus = (): unknown => {
      const { patches } = map(text, {}, false);
      const news = patches.find(({ type }) => type === 'Patient')?.elements['maritalStatus'];
      return news?.kind === 'value' ? news.value : undefined;
    };
    const first = maritalStatus();
    expect(first).toMatchObject({ coding: expect.anything() as unknown });
    // The first one may have been made before it was remembered.
    expect(maritalStatus()).toBe(maritalStatus());
    expect(Object.isFrozen(first)).toBe(true);
  });

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
