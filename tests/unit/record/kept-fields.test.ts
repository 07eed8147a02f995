import { describe, expect, test } from '@jest/globals';

import type { ResourcePatch } from '../../../src/fhir/patch.ts';
import { mergePatch, type Merged } from '../../../src/record/merge-patch.ts';
import { repeatsResource } from '../../../src/record/repeated.ts';
import { valueOf } from '../../../src/record/value-of.ts';
import { CONTEXT, loaded, mapped, message } from '../mapping/mapping-files.ts';

const set = loaded();

/** The patch of the stay that a message with this PV1 gives, at 00:00:n. */
function stay(n: number, pv1: string): ResourcePatch {
  const sent = message(
    `MSH|^~\\&|HIS|H|J|J|2026112100000${n}||ADT^A08|M${n}|P|2.5`,
    `EVN||2026112100000${n}`,
    'PID|1||P990001^^^H^MR||Test^A',
    pv1,
  );
  const found = mapped(set, sent, CONTEXT).patches.find(({ type, stub }) => type === 'Encounter' && stub !== true);
  if (found === undefined) throw new TypeError('the message makes no stay');
  return found;
}

const at = (n: number): Date => new Date(Date.UTC(2026, 10, 21, 0, 0, n));
const facts = (n: number) => ({ at: at(n), sequence: n, source: 'HIS', sources: {} });

function play(first: string, ...others: readonly string[]): Merged {
  return others.reduce(
    (before, pv1, index) => {
      const next = mergePatch(before.resource, before.note, stay(index + 2, pv1), facts(index + 2));
      return next.changed ? next : before;
    },
    mergePatch(undefined, undefined, stay(1, first), facts(1)),
  );
}

/** PV1 with the number of the stay and what else is given: `{ 5: 'X' }`. */
function pv1(fields: Readonly<Record<number, string>>): string {
  const all = { 1: '1', 2: 'I', 19: 'V990001', ...fields };
  return ['PV1', ...Array.from({ length: 60 }, (_, n) => new Map(Object.entries(all)).get(String(n + 1)) ?? '')].join(
    '|',
  );
}

const kept = (field: string, valueString: string) => ({ url: `urn:jingluo:hl7v2:${field}`, valueString });

describe('what is kept of a field follows what messages say of it', () => {
  test.each([
    { name: 'a message that does not name the field leaves it', then: [{}], expected: [kept('PV1-30', 'D')] },
    { name: 'another value replaces it', then: [{ 30: 'E' }], expected: [kept('PV1-30', 'E')] },
    { name: 'a null takes it away', then: [{ 30: '""' }], expected: undefined },
    {
      name: 'another field stands beside it',
      then: [{ 31: 'Z' }],
      expected: [kept('PV1-30', 'D'), kept('PV1-31', 'Z')],
    },
    { name: 'said again it stands once', then: [{ 30: 'D' }], expected: [kept('PV1-30', 'D')] },
  ])('$name', ({ then, expected }) => {
    expect(play(pv1({ 30: 'D' }), ...then.map(pv1)).resource['extension']).toEqual(expected);
  });

  test('a component of an older value goes with it', () => {
    const first = play(pv1({ 5: 'A1^^^H^AN^^^^^GBE' })).resource;
    expect(JSON.stringify(first['extension'])).toContain('GBE');
    expect(play(pv1({ 5: 'A1^^^H^AN^^^^^GBE' }), pv1({ 5: 'A2^^^H^AN' })).resource['extension']).toBeUndefined();
  });

  test('a message is no repetition where what is kept of an older one has to go', () => {
    const { resource, note } = play(pv1({ 30: 'D' }));
    expect(repeatsResource(resource, note, stay(2, pv1({ 30: 'D' })))).toBe(true);
    expect(repeatsResource(resource, note, stay(2, pv1({ 30: '""' })))).toBe(false);
  });

  test('it is no change of the value', () => {
    const order = { resourceType: 'ServiceRequest', id: '1', extension: [{ url: 'urn:x', valueString: 'a' }] };
    const told = { ...order, extension: [...order.extension, kept('ORC-9', '20261121')] };
    expect(valueOf(told)).toEqual(valueOf(order));
    expect(valueOf({ ...order, extension: [kept('ORC-9', '2')] })).toEqual({});
  });
});
