import { describe, expect, test } from '@jest/globals';

import type { ElementNews, ResourcePatch } from '../../../src/fhir/patch.ts';
import { mergePatch, type Merged } from '../../../src/record/merge-patch.ts';

interface Step {
  /** Hour of the day. */
  readonly at: number;
  readonly says: Readonly<Record<string, unknown>>;
  readonly more?: Partial<ResourcePatch>;
  /** Default: the place in the list. */
  readonly sequence?: number;
  readonly replay?: true;
}

const hour = (at: number): string => `2026-11-21T${String(at).padStart(2, '0')}:00:00.000Z`;
const news = (says: Step['says']): Record<string, ElementNews> =>
  Object.fromEntries(Object.entries(says).map(([name, value]) => [name, { kind: 'value', value }]));

function play(steps: readonly Step[]): Merged['resource'] | undefined {
  let last: Merged | undefined;
  for (const [index, { at, says, more, sequence, replay }] of steps.entries()) {
    const patch: ResourcePatch = { type: 'Encounter', id: 'e', elements: news(says), ...more };
    const facts = { at: new Date(hour(at)), sequence: sequence ?? index + 1, source: 'HIS', sources: {} };
    const next = mergePatch(last?.resource, last?.note, patch, replay === true ? { ...facts, replay } : facts);
    if (next.changed) last = next;
  }
  return last?.resource;
}

const AMB = { code: 'AMB' };
const IMP = { code: 'IMP' };
const planned = { at: 8, says: { status: 'planned', class: AMB } };
const admitted = { at: 9, says: { status: 'in-progress', class: IMP, period: { start: hour(9) } } };
const discharged = { at: 12, says: { status: 'finished' } };

describe('what a stay was before', () => {
  test.each<{ name: string; steps: readonly Step[]; status?: unknown; classes?: unknown }>([
    {
      name: 'status and class until the next event',
      steps: [planned, admitted, discharged],
      status: [
        { status: 'planned', period: { end: hour(9) } },
        { status: 'in-progress', period: { start: hour(9), end: hour(12) } },
      ],
      classes: [{ class: AMB, period: { end: hour(9) } }],
    },
    {
      name: 'A06: the class of the same stay',
      steps: [
        { at: 8, says: { status: 'in-progress', class: AMB, period: { start: hour(7) } } },
        { at: 9, says: { status: 'in-progress', class: IMP } },
      ],
      classes: [{ class: AMB, period: { start: hour(7), end: hour(9) } }],
    },
    { name: 'the same again is no change', steps: [admitted, { ...admitted, at: 10 }] },
    { name: 'late news changes nothing', steps: [discharged, { ...admitted, at: 9 }] },
    {
      name: 'what was only assumed has no past',
      steps: [{ at: 8, says: { status: 'unknown', class: { code: 'UNK' } }, more: { stub: true } }, admitted],
    },
    {
      name: 'a message that is processed again corrects itself',
      steps: [admitted, { at: 9, says: { status: 'arrived', class: AMB }, sequence: 1, replay: true }],
    },
    {
      name: 'and takes no past away',
      steps: [planned, admitted, { ...admitted, sequence: 2, replay: true }],
      status: [{ status: 'planned', period: { end: hour(9) } }],
      classes: [{ class: AMB, period: { end: hour(9) } }],
    },
    {
      name: 'whoever replaces the resource says its past himself',
      steps: [planned, { ...admitted, more: { replace: true } }],
    },
  ])('$name', ({ steps, status, classes }) => {
    const resource = play(steps);
    expect([resource?.['statusHistory'], resource?.['classHistory']]).toEqual([status, classes]);
  });
});
