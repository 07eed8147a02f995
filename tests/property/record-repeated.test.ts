import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { ElementNews, FhirResource, ResourcePatch } from '../../src/fhir/patch.ts';
import { resourceText, sameJson } from '../../src/record/json.ts';
import { mergeOver, mergePatch, type Merged } from '../../src/record/merge-patch.ts';
import { writeNote } from '../../src/record/note.ts';
import { isRepeated } from '../../src/record/repeated.ts';
import type { Row } from '../../src/store/port.ts';

const SOURCES = { HIS: { owns: ['HOSP01'] }, LIS: { owns: [] } };

const values: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  'final',
  'preliminary',
  { reference: 'Patient/1' },
  { reference: 'Patient/2' },
  { value: 6.9, status: 'final' },
  [{ text: 'a', _text: { id: 'x' } }],
  { start: '2026' },
  { start: '2026', end: '2027' },
);
const entries = fc.array(fc.constantFrom({ value: 'a' }, { value: 'b' }), { maxLength: 2 });
const news: fc.Arbitrary<ElementNews> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('value' as const), value: values }) },
  fc.record({
    kind: fc.constant('value' as const),
    value: fc.constantFrom({ start: '2026' }, {}),
    keep: fc.constant(['end']),
  }),
  fc.record({ kind: fc.constant('delete' as const) }),
);
const units: fc.Arbitrary<ElementNews> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('OBR-2', 'OBR-3', ''), entries), { selector: ([unit]) => unit, maxLength: 3 })
  .map((list) => ({ kind: 'entries', units: Object.fromEntries(list) }));

const elements: fc.Arbitrary<Readonly<Record<string, ElementNews>>> = fc
  .uniqueArray(
    fc.oneof(
      fc.tuple(
        fc.constantFrom('status', 'subject', 'valueQuantity', 'valueString', '_valueString', 'interpretation', 'focus'),
        news,
      ),
      fc.tuple(fc.constantFrom('identifier', 'category'), units),
    ),
    { selector: ([name]) => name, maxLength: 5 },
  )
  .map((list) => Object.fromEntries(list));

const patches: fc.Arbitrary<ResourcePatch> = fc.record(
  { type: fc.constant('Observation'), id: fc.constant('o1'), elements, stub: fc.boolean(), replace: fc.boolean() },
  { requiredKeys: ['type', 'id', 'elements'] },
);

interface Told {
  readonly at: number;
  readonly source: 'HIS' | 'LIS';
  readonly says: readonly ResourcePatch[];
}

const messages = fc.array(patches, { minLength: 1, maxLength: 2 });
const told = fc.record({ at: fc.integer({ min: 1, max: 4 }), source: fc.constantFrom('HIS', 'LIS'), says: messages });

/** One message after another, late ones too, as `applyResources` lays them. */
function lay(before: Merged | undefined, { at, source, says }: Told, sequence: number): Merged | undefined {
  let state = before;
  for (const patch of says) {
    const next = mergePatch(state?.resource, state?.note, patch, {
      at: new Date(at),
      sequence,
      source,
      sources: SOURCES,
    });
    if (next.changed || state === undefined) state = next;
  }
  return state;
}

function rowOf({ resource, note }: Merged): Row {
  const { resourceType, id, ...rest } = resource as FhirResource & { readonly id?: unknown };
  const body = resourceText({ resourceType, id, meta: { versionId: '1' }, ...rest });
  return { id: 'Observation/o1', rev: 1, body, note: writeNote(note), fields: {} };
}

describe('the first news of a resource', () => {
  test('is laid like any other', () => {
    fc.assert(
      fc.property(patches, fc.boolean(), (patch, keyed) => {
        const key = { namespace: 'HOSP01', kind: 'Observation', value: '1' };
        const whole = keyed ? { ...patch, key } : patch;
        const facts = { at: new Date(1), sequence: 1, source: 'HIS', sources: SOURCES };
        const first = mergePatch(undefined, undefined, whole, facts);
        const { resource, note } = mergeOver(undefined, undefined, whole, facts);
        expect(resourceText(first.resource)).toBe(resourceText(resource));
        expect(first.note).toEqual(note);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('news that is told from the text to say nothing new', () => {
  test('changes nothing when it is laid over the resource, whoever says it and however late', () => {
    let repeated = 0;
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 4 }), told, fc.nat(), (history, last, which) => {
        let state: Merged | undefined;
        history.forEach((one, index) => (state = lay(state, one, index + 1)));
        if (state === undefined) return;
        // News of its own, or that of an earlier message once more.
        const says = which % 2 === 0 ? last.says : (history[which % history.length]?.says ?? last.says);
        if (!isRepeated(rowOf(state), says)) return;
        repeated += 1;
        const after = lay(state, { ...last, says }, history.length + 1);
        expect(sameJson(after?.resource, state.resource)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    // Else the property would hold of everything.
    expect(repeated).toBeGreaterThan(100);
  });

  test('is what a message says that has just been laid over nothing', () => {
    const patch: ResourcePatch = {
      type: 'Observation',
      id: 'o1',
      elements: {
        identifier: { kind: 'entries', units: { 'OBR-2': [{ value: 'a' }], 'OBR-3': [] } },
        status: { kind: 'value', value: 'final' },
        subject: { kind: 'value', value: { reference: 'Patient/1' } },
        valueQuantity: { kind: 'value', value: { value: 6.9 } },
        note: { kind: 'delete' },
      },
    };
    const { status, identifier } = patch.elements;
    const stub: ResourcePatch = {
      ...patch,
      stub: true,
      elements: { ...(status && { status }), ...(identifier && { identifier }) },
    };
    const state = lay(undefined, { at: 1, source: 'HIS', says: [stub, patch] }, 1);
    const row = state === undefined ? undefined : rowOf(state);
    expect(row !== undefined && isRepeated(row, [stub, patch])).toBe(true);
    expect(row !== undefined && isRepeated(row, [patch])).toBe(true);
  });
});
