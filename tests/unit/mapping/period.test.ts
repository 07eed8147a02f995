import { expect, test } from '@jest/globals';
import type { FhirResource } from '../../../src/fhir/patch.ts';
import { mergePatch, type Merged } from '../../../src/record/merge-patch.ts';
import { loaded, mapped, message } from './mapping-files.ts';

const set = loaded();

interface Step {
  readonly event: string;
  readonly admitted?: string;
  readonly discharged?: string;
}

/** The stay after messages that came one after the other. */
function stay(...steps: readonly Step[]): FhirResource | undefined {
  let known: Merged | undefined;
  steps.forEach(({ event, admitted = '', discharged = '' }, index) => {
    const time = `2026112${index + 1}1000`;
    const { patches } = mapped(
      set,
      message(
        `MSH|^~\\&|HIS|H|J|J|${time}||ADT^${event}|${index}|P|2.5`,
        `EVN||${time}`,
        'PID|1||P990001^^^H^MR||张伟',
        `PV1|1|I${'|'.repeat(17)}V1${'|'.repeat(25)}${admitted}|${discharged}`,
      ),
    );
    for (const patch of patches.filter(({ type }) => type === 'Encounter')) {
      const at = new Date(Date.UTC(2026, 10, 21 + index, 2));
      known = mergePatch(known?.resource, known?.note, patch, { at, sequence: index, source: 'HIS', sources: {} });
    }
  });
  return known?.resource;
}

const start = '2026-11-18T10:00:00+08:00';

test.each<[string, readonly Step[], Readonly<Record<string, unknown>>]>([
  [
    'A03 without PV1-44 keeps the start that is known',
    [{ event: 'A01', admitted: '20261118100000' }, { event: 'A03' }],
    { status: 'finished', period: { start, end: '2026-11-22T10:00:00+08:00' } },
  ],
  [
    'A13 without PV1-44 keeps the start and has no end',
    [{ event: 'A01', admitted: '20261118100000' }, { event: 'A03' }, { event: 'A13' }],
    { status: 'in-progress', period: { start } },
  ],
  [
    'A08 that tells only the admission leaves the end',
    [
      { event: 'A01', admitted: '20261118100000' },
      { event: 'A03', discharged: '20261121143000' },
      { event: 'A08', admitted: '20261118100000' },
    ],
    { status: 'finished', period: { start, end: '2026-11-21T14:30:00+08:00' } },
  ],
  [
    'A08 that tells nothing of the times changes nothing',
    [{ event: 'A01', admitted: '20261118100000' }, { event: 'A08' }],
    { status: 'in-progress', period: { start } },
  ],
])('%s', (_, steps, expected) => {
  expect(stay(...steps)).toMatchObject(expected);
  expect(stay(...steps)?.['period']).toEqual(expected['period']);
});

test('A13 alone makes no empty period', () => {
  expect(stay({ event: 'A13' })).not.toHaveProperty('period');
});
