import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Fact } from '../../src/record/document/fact.ts';
import {
  buildList,
  updateList,
  type BoundedList,
  type Entry,
  type ListSection,
} from '../../src/record/document/list-section.ts';

interface Item extends Entry {
  readonly what: string;
  readonly on: number;
  readonly seen: number;
}

/** A list with a limit that a test reaches, of resources that say what and when. */
function section(grouped: boolean, split: boolean): ListSection<Item> {
  return {
    types: ['Basic'],
    limit: 3,
    entry: ({ resource, p }) =>
      resource['gone'] === true
        ? undefined
        : { what: String(resource['what']), on: Number(resource['on']), seen: 1, p: [p] },
    compare: (a, b) => b.on - a.on,
    ...(grouped
      ? {
          group: ({ what }: Item) => what,
          combine: (entries: readonly Item[]) => ({ what: '', on: 0, p: [], ...entries[0], seen: entries.length }),
        }
      : {}),
    ...(split ? { isCurrent: ({ on }: Item) => on > 5, pastLimit: 2 } : {}),
  };
}

interface Say {
  readonly id: number;
  readonly what: string;
  readonly on: number;
  readonly gone: boolean;
}

const said = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 7 }),
    what: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    on: fc.integer({ min: 0, max: 9 }),
    gone: fc.boolean(),
  }),
  { maxLength: 40 },
);

function factOf(say: Say, at: number): Fact {
  const ref = `Basic/${say.id}`;
  return { resource: { resourceType: 'Basic', ...say }, ref, source: 'S', at, p: ['S', ref, String(at)] };
}

describe('a bounded list after one change', () => {
  test.each([
    ['each resource an entry', false, false],
    ['equal ones grouped', true, false],
    ['current ones first', false, true],
    ['grouped, current ones first', true, true],
  ])('%s: equals the list built from all resources, wherever it answers', (_name, grouped, split) => {
    const spec = section(grouped, split);
    let answered = 0;
    fc.assert(
      fc.property(said, (says) => {
        const facts = new Map<string, Fact>();
        let list: BoundedList<Item> = buildList(spec, []);
        says.forEach((say, at) => {
          const after = factOf(say, at);
          const before = facts.get(after.ref);
          facts.set(after.ref, after);
          const whole = buildList(spec, [...facts.values()]);
          const next = updateList(spec, list, { after, ...(before === undefined ? {} : { before }) });
          if (next !== undefined) answered += 1;
          expect(next ?? whole).toEqual(whole);
          list = whole;
        });
      }),
      { numRuns: 200 },
    );
    expect(answered).toBeGreaterThan(100);
  });
});
