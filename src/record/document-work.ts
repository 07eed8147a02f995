import type { Draft } from '../store/draft.ts';
import type { ResourceChange } from './contract.ts';
import { ownersOf } from './document/belongs.ts';
import type { DocumentWork } from './document/documents.ts';
import type { PersonChange, SourceChange } from './identify/contract.ts';
import { personsOf } from './people.ts';

/** What one decision changed, as far as documents ask. */
export interface Changed {
  readonly changes: readonly ResourceChange[];
  readonly sources: readonly SourceChange[];
  readonly persons: readonly PersonChange[];
  readonly touched: readonly string[];
  /** Written at the endpoint: resources may be older than their Patients. */
  readonly rest: boolean;
}

interface Work {
  readonly changes: ResourceChange[];
  whole: boolean;
}

/** The persons whose documents may say something else now, with what concerns each. */
export async function documentWork(draft: Draft, changed: Changed): Promise<readonly DocumentWork[]> {
  const { touched, persons, sources } = changed;
  const works = new Map<string, Work>();
  const workOf = (person: string): Work => {
    let work = works.get(person);
    if (work === undefined) works.set(person, (work = { changes: [], whole: false }));
    return work;
  };
  for (const person of [...touched, ...sources.map(({ after }) => after.person)]) workOf(person);
  for (const { id } of persons) workOf(id).whole = true;
  const clinical = changed.changes.filter(({ type }) => type !== 'Patient');
  const owners = clinical.map((change) => ({ change, after: ownersOf(change.after), before: ownersOf(change.before) }));
  const known = await personsOf(
    draft,
    owners.flatMap(({ before, after }) => [...before, ...after]),
  );
  for (const { change, before, after } of owners) {
    const mine = personsIn(known, change.after === undefined ? before : after);
    for (const person of mine) workOf(person).changes.push(change);
    for (const person of personsIn(known, before)) if (!mine.has(person)) workOf(person).whole = true;
  }
  const peopleChanged = new Set([...touched, ...sources.map(({ after }) => after.person)]);
  return [...works].map(([person, work]) => ({
    person,
    ...work,
    peopleChanged: peopleChanged.has(person),
    fresh: !changed.rest && isFresh(person, persons, sources),
  }));
}

function personsIn(known: ReadonlyMap<string, string>, recs: readonly string[]): ReadonlySet<string> {
  return new Set(recs.flatMap((rec) => known.get(rec) ?? []));
}

function isFresh(person: string, persons: readonly PersonChange[], sources: readonly SourceChange[]): boolean {
  const change = persons.find(({ id }) => id === person);
  if (change === undefined || change.before.length > 0 || change.after.length === 0) return false;
  return change.after.every((rec) => sources.some(({ id, before }) => id === rec && before === undefined));
}
