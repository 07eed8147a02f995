import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { EventType, RecordEvent } from '../../src/record/contract.ts';
import { eventPut, readEvent } from '../../src/record/event-rows.ts';
import { readNote, writeNote, type Note, type Stamp } from '../../src/record/note.ts';

const time = fc.integer({ min: 1, max: 3 });
const source = fc.constantFrom('HIS', 'LIS');
const stamps: fc.Arbitrary<Stamp> = fc.oneof(
  fc.tuple(time, time, source),
  fc.tuple(time, time, source, fc.constant(1 as const)),
);
const name = fc.constantFrom('status', 'value[x]', 'identifier', 'toString');
const unit = fc.record({
  unit: fc.constantFrom('', 'PID-5', 'PID-3|HOSP01|MR'),
  count: fc.integer({ min: 0, max: 2 }),
  stamp: stamps,
});

const notes: fc.Arbitrary<Note> = fc.record(
  {
    row: stamps,
    elements: fc.dictionary(name, stamps, { noNullPrototype: true }),
    units: fc.dictionary(name, fc.array(unit, { maxLength: 3 }), { noNullPrototype: true }),
    namespace: fc.constantFrom('HOSP01', '院区'),
    creator: source,
    values: fc.integer({ min: 2, max: 9 }),
    members: fc.array(fc.tuple(fc.nat(500), fc.nat(64)), { minLength: 1, maxLength: 3 }),
    keys: fc.constant('hash='),
    deleted: fc.constant(true as const),
  },
  { requiredKeys: ['row'] },
);

const visits = fc.constantFrom('Encounter/1', 'Encounter/2');
const events: fc.Arbitrary<RecordEvent> = fc
  .record({
    id: fc.constant('e1'),
    type: fc.constantFrom<EventType>('encounter.admitted', 'observation.final'),
    at: fc.date({ noInvalidDate: true }),
    rec: fc.constantFrom('1', '2'),
    person: fc.constantFrom('1', '2'),
    change: fc.integer({ min: 1, max: 3 }),
    message: fc.constant('m1'),
    ref: fc.oneof(visits, fc.constant('Observation/1')),
    encounter: fc.option(visits, { nil: undefined }),
  })
  // A visit is its own encounter; other resources may have none.
  .map(({ encounter, ...event }) => {
    const visit = event.ref.startsWith('Encounter/') ? event.ref : encounter;
    return visit === undefined ? event : { ...event, encounter: visit };
  });

describe('what rows of the record hold beside the resource', () => {
  test('a note comes back as it was written', () => {
    fc.assert(
      fc.property(notes, (note) => {
        expect(readNote(writeNote(note))).toEqual(note);
      }),
    );
  });

  test('a note from before it was stored without repetition is read', () => {
    fc.assert(
      fc.property(notes, (note) => {
        expect(readNote(JSON.stringify(note))).toEqual(note);
      }),
    );
  });

  test('an event comes back as it was written', () => {
    fc.assert(
      fc.property(events, (event) => {
        const { id, body, fields = {} } = eventPut(event);
        expect(readEvent({ id, rev: 1, body, fields })).toEqual(event);
      }),
    );
  });
});
