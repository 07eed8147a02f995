import { listOf } from '../../../fhir/json.ts';
import { codingOf, compactObject, instant, labelOf, pick, referenceOf, text, type Fact } from '../fact.ts';
import type { Entry, ListSection } from '../list-section.ts';

/** A visit or stay. */
export interface VisitEntry extends Entry {
  readonly no?: string;
  readonly class?: string;
  readonly dept?: string;
  readonly campus?: string;
  readonly doctor?: string;
  readonly start?: Date;
  readonly end?: Date;
  readonly endBy?: 'event';
  readonly state: string;
  readonly dx?: readonly string[];
}

const VOID: ReadonlySet<unknown> = new Set(['cancelled', 'entered-in-error', 'planned']);

/** Newest first; cancelled and merely planned ones are no visits. */
export const visitList: ListSection<VisitEntry> = {
  types: ['Encounter'],
  limit: 30,
  entry: (fact) => {
    const { resource, p } = fact;
    const start = instant(pick(resource['period'], 'start'));
    // What only an order or report has named (no state, no time) is not known to have taken place.
    if (VOID.has(resource['status']) || (resource['status'] === 'unknown' && start === undefined)) return undefined;
    const end = instant(pick(resource['period'], 'end'));
    return compactObject({
      no: text(pick(resource, 'identifier', 'value')),
      class: text(pick(resource['class'], 'code')),
      dept: labelOf(resource['serviceType']) ?? text(pick(resource['location'], 'location', 'display')),
      campus: text(pick(resource['serviceProvider'], 'display')),
      doctor: doctorOf(fact),
      start,
      end,
      endBy: end === undefined ? undefined : ('event' as const),
      state: text(resource['status']) ?? 'unknown',
      dx: diagnoses(fact),
      p: [p],
    });
  },
  compare: (a, b) => Number(b.start ?? 0) - Number(a.start ?? 0),
};

function doctorOf({ resource }: Fact): string | undefined {
  const people = listOf(resource['participant']);
  const attending = people.find((one) => codingOf(pick(one, 'type')).code === 'ATND') ?? people[0];
  const individual = pick(attending, 'individual');
  return referenceOf(individual)?.replace('Practitioner/', '') ?? text(pick(individual, 'display'));
}

function diagnoses({ resource }: Fact): readonly string[] | undefined {
  const codes = listOf(resource['reasonCode']).flatMap((concept) => codingOf(concept).code ?? []);
  return codes.length === 0 ? undefined : codes.slice(0, 10);
}
