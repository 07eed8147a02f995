import type { Problem } from '../core/problem.ts';
import type { Draft } from '../store/draft.ts';
import type { RecordEvent, ResourceChange } from './contract.ts';
import { updateDocument, type DocumentSettings } from './document/documents.ts';
import { documentWork, type Changed } from './document-work.ts';
import { eventPut } from './event-rows.ts';
import { eventsOf, patientEvents, personEvents, type EventFacts } from './events.ts';
import { personsOf } from './people.ts';

/** What settling needs beside the draft. */
export interface SettleContext {
  readonly documents: DocumentSettings;
  /** Event time and cause of the decision. */
  readonly at: Date;
  readonly cause: string;
  readonly now: () => Promise<Date>;
}

/** Puts the events and the patient documents that follow from what a decision changed into the draft. */
export async function settleChanges(
  draft: Draft,
  changed: Changed,
  context: SettleContext,
): Promise<{ readonly events: readonly RecordEvent[]; readonly warnings: readonly Problem[] }> {
  const work = await documentWork(draft, changed);
  if (work.length === 0 && changed.changes.length === 0) return { events: [], warnings: [] };
  const events = await makeEvents(draft, changed, context);
  for (const event of events) draft.put(eventPut(event));
  const warnings: Problem[] = [];
  for (const one of work) {
    const warning = await updateDocument(draft, one, context.documents, await context.now());
    if (warning !== undefined) warnings.push(warning);
  }
  return { events, warnings };
}

async function makeEvents(draft: Draft, changed: Changed, context: SettleContext): Promise<readonly RecordEvent[]> {
  const clinical = changed.changes.filter(({ type }) => type !== 'Patient');
  const recs = [...clinical.flatMap(({ rec }) => rec ?? []), ...changed.sources.map(({ id }) => id)];
  const persons = await personsOf(draft, recs);
  const facts: EventFacts = {
    at: context.at,
    message: context.cause,
    personOf: (rec) => persons.get(rec) ?? rec,
    conceptsOf: (resource) => context.documents.concepts.of(resource),
  };
  return [
    ...changed.sources.flatMap(({ id, before, after }) =>
      patientEvents({ id, after: after.patient, ...(before === undefined ? {} : { before: before.patient }) }, facts),
    ),
    ...changed.persons.flatMap((person) => personEvents(person, facts)),
    ...clinical.flatMap((change: ResourceChange) => eventsOf(change, facts)),
  ];
}
