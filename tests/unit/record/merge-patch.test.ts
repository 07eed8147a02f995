import { describe, expect, test } from '@jest/globals';

import type { ElementNews, ResourcePatch } from '../../../src/fhir/patch.ts';
import { mergePatch, type MergeFacts, type Merged } from '../../../src/record/merge-patch.ts';

const SOURCES = { HIS: { owns: ['HOSP01'] }, LIS: { owns: [] }, RIS: { owns: [] } };

const value = (v: unknown): ElementNews => ({ kind: 'value', value: v });
const gone: ElementNews = { kind: 'delete' };
const entries = (units: Readonly<Record<string, readonly unknown[]>>): ElementNews => ({ kind: 'entries', units });

function patch(type: string, elements: Readonly<Record<string, ElementNews>>, more: Partial<ResourcePatch> = {}) {
  return { type, id: 'x1', elements, ...more };
}

interface Step {
  readonly at: number;
  readonly source?: string;
  readonly patch: ResourcePatch;
  readonly replay?: boolean;
  /** Default: the place in the list. */
  readonly sequence?: number;
}

function play(steps: readonly Step[]): Merged {
  let merged: Merged | undefined;
  steps.forEach((step, index) => {
    const facts: MergeFacts = {
      at: new Date(step.at),
      sequence: step.sequence ?? index + 1,
      source: step.source ?? 'RIS',
      sources: SOURCES,
      ...(step.replay === undefined ? {} : { replay: step.replay }),
    };
    const next = mergePatch(merged?.resource, merged?.note, step.patch, facts);
    merged = next.changed ? next : { ...(merged ?? next), changed: false };
  });
  if (merged === undefined) throw new RangeError('no steps');
  return merged;
}

const owned = { key: { namespace: 'HOSP01', kind: 'MR', value: 'P1' } };
const patient = (elements: Readonly<Record<string, ElementNews>>) => patch('Patient', elements, owned);
const observation = (elements: Readonly<Record<string, ElementNews>>) => patch('Observation', elements);

describe('news about a resource, element by element', () => {
  test.each<{ name: string; steps: readonly Step[]; expected: Readonly<Record<string, unknown>> }>([
    {
      name: 'a new value without an interpretation takes the old one back',
      steps: [
        { at: 1, patch: observation({ valueQuantity: value({ value: 6.9 }), interpretation: value(['HH']) }) },
        { at: 2, patch: observation({ valueQuantity: value({ value: 4.1 }) }) },
      ],
      expected: { valueQuantity: { value: 4.1 } },
    },
    {
      name: 'the same value again, or a late one, leaves the interpretation',
      steps: [
        { at: 5, patch: observation({ valueQuantity: value({ value: 6.9 }), interpretation: value(['HH']) }) },
        { at: 6, patch: observation({ valueQuantity: value({ value: 6.9 }) }) },
        { at: 2, patch: observation({ valueQuantity: value({ value: 4.1 }) }) },
      ],
      expected: { valueQuantity: { value: 6.9 }, interpretation: ['HH'] },
    },
    {
      name: 'absent is unchanged, present replaces whole, "" deletes',
      steps: [
        {
          at: 1,
          patch: patient({ name: value([{ text: '甲' }]), gender: value('male'), birthDate: value('1990-01-01') }),
        },
        { at: 2, patch: patient({ name: value([{ text: '乙' }]), birthDate: gone }) },
      ],
      expected: { name: [{ text: '乙' }], gender: 'male' },
    },
    {
      name: 'late news fills what nothing newer set and changes nothing else',
      steps: [
        { at: 5, patch: patient({ gender: value('male') }) },
        { at: 2, patch: patient({ gender: value('female'), birthDate: value('1990-01-01') }) },
      ],
      expected: { gender: 'male', birthDate: '1990-01-01' },
    },
    {
      name: 'late news does not bring back what newer news deleted',
      steps: [
        { at: 1, patch: patient({ gender: value('male') }) },
        { at: 5, patch: patient({ gender: gone }) },
        { at: 2, patch: patient({ gender: value('male'), active: value(true) }) },
      ],
      expected: { active: true },
    },
    {
      name: 'an element keeps its own time when others become newer',
      steps: [
        { at: 1, patch: patient({ gender: value('male'), active: value(true) }) },
        { at: 9, patch: patient({ active: value(false) }) },
        { at: 5, patch: patient({ gender: value('female'), active: value(true) }) },
      ],
      expected: { gender: 'female', active: false },
    },
    {
      name: 'a unit replaces its own entries; others stay; an empty unit deletes its entries',
      steps: [
        {
          at: 1,
          patch: patient({
            telecom: entries({ 'PID-13': [{ value: '1' }, { value: '2' }], 'PID-14': [{ value: '3' }] }),
          }),
        },
        { at: 2, patch: patient({ telecom: entries({ 'PID-13': [{ value: '4' }] }) }) },
        { at: 3, patch: patient({ telecom: entries({ 'PID-14': [] }) }) },
      ],
      expected: { telecom: [{ value: '4' }] },
    },
    {
      name: 'a late unit does not replace newer entries, and adds where its unit is new',
      steps: [
        { at: 5, patch: patient({ telecom: entries({ 'PID-13': [{ value: 'new' }] }) }) },
        {
          at: 2,
          patch: patient({ telecom: entries({ 'PID-13': [{ value: 'old' }], 'PID-14': [{ value: 'work' }] }) }),
        },
      ],
      expected: { telecom: [{ value: 'new' }, { value: 'work' }] },
    },
    {
      name: 'a late unit does not come back into a list that newer news deleted',
      steps: [
        { at: 1, patch: patient({ telecom: entries({ 'PID-13': [{ value: '1' }] }) }) },
        { at: 5, patch: patient({ telecom: gone }) },
        { at: 2, patch: patient({ telecom: entries({ 'PID-13': [{ value: '2' }] }) }) },
      ],
      expected: {},
    },
    {
      name: 'only the owner of the namespace changes what it has set; others fill gaps',
      steps: [
        { at: 1, source: 'HIS', patch: patient({ gender: value('male') }) },
        { at: 5, source: 'LIS', patch: patient({ gender: value('female'), birthDate: value('1990-01-01') }) },
        { at: 3, source: 'HIS', patch: patient({ birthDate: value('1990-02-02') }) },
        { at: 6, source: 'LIS', patch: patient({ gender: gone }) },
      ],
      expected: { gender: 'male', birthDate: '1990-02-02' },
    },
    {
      name: 'in a namespace that nobody declared the newest news wins',
      steps: [
        { at: 1, source: 'HIS', patch: patch('Patient', { gender: value('male') }) },
        { at: 5, source: 'LIS', patch: patch('Patient', { gender: value('female') }) },
      ],
      expected: { gender: 'female' },
    },
    {
      name: 'types of a choice replace each other, with their extensions',
      steps: [
        { at: 1, patch: observation({ valueQuantity: value({ value: 6 }), effectiveDateTime: value('2026-11-21') }) },
        { at: 2, patch: observation({ valueString: value('>20.0') }) },
      ],
      expected: { effectiveDateTime: '2026-11-21', valueString: '>20.0' },
    },
    {
      name: 'a stub never overrides and is overridden even by older news',
      steps: [
        { at: 1, patch: patch('Practitioner', { name: value([{ text: '李医生' }]) }) },
        { at: 9, patch: patch('Practitioner', { name: value([{ text: 'LI' }]), active: value(true) }, { stub: true }) },
        { at: 2, patch: patch('Practitioner', { active: value(false) }) },
      ],
      expected: { name: [{ text: '李医生' }], active: false },
    },
    {
      name: 'late preliminary after final: neither status nor value goes back, gaps are filled',
      steps: [
        { at: 5, patch: observation({ status: value('final'), valueQuantity: value({ value: 4.1 }) }) },
        { at: 9, patch: observation({ note: value([{ text: 'checked' }]) }) },
        {
          at: 7,
          patch: observation({
            status: value('preliminary'),
            valueQuantity: value({ value: 6.8 }),
            method: value({ text: 'm' }),
          }),
        },
      ],
      expected: { status: 'final', valueQuantity: { value: 4.1 }, note: [{ text: 'checked' }], method: { text: 'm' } },
    },
    {
      name: 'the newest news may reopen a stay (cancelled discharge)',
      steps: [
        { at: 1, patch: patch('Encounter', { status: value('finished') }) },
        { at: 2, patch: patch('Encounter', { status: value('in-progress') }) },
      ],
      expected: {
        status: 'in-progress',
        statusHistory: [{ status: 'finished', period: { end: '1970-01-01T00:00:00.002Z' } }],
      },
    },
    {
      name: 'a REST PUT replaces all, whoever set it',
      steps: [
        { at: 1, source: 'HIS', patch: patient({ gender: value('male'), birthDate: value('1990-01-01') }) },
        { at: 2, source: 'fhir', patch: { ...patient({ gender: value('female') }), replace: true } },
        { at: 1, source: 'HIS', patch: patient({ active: value(true) }) },
      ],
      expected: { gender: 'female', active: true },
    },
    {
      name: 'replay through a changed mapping removes what this message alone had set',
      steps: [
        { at: 1, patch: observation({ status: value('final'), method: value({ text: 'wrong' }) }) },
        { at: 2, patch: observation({ note: value([{ text: 'n' }]) }) },
        {
          at: 1,
          sequence: 1,
          replay: true,
          patch: observation({ status: value('final'), bodySite: value({ text: 'b' }) }),
        },
      ],
      expected: { status: 'final', note: [{ text: 'n' }], bodySite: { text: 'b' } },
    },
    {
      name: 'replay removes units that the message no longer makes',
      steps: [
        { at: 1, patch: patient({ telecom: entries({ 'PID-13': [{ value: '1' }], 'PID-14': [{ value: '2' }] }) }) },
        { at: 1, sequence: 1, replay: true, patch: patient({ telecom: entries({ 'PID-13': [{ value: '1' }] }) }) },
      ],
      expected: { telecom: [{ value: '1' }] },
    },
  ])('$name', ({ steps, expected }) => {
    const { resource } = play(steps);
    expect(resource).toEqual({ resourceType: steps[0]?.patch.type, id: 'x1', ...expected });
  });

  test('the same news twice changes nothing', () => {
    const news = patient({ gender: value('male'), telecom: entries({ 'PID-13': [{ value: '1' }] }) });
    expect(
      play([
        { at: 1, patch: news },
        { at: 2, patch: news },
      ]).changed,
    ).toBe(false);
  });
});
