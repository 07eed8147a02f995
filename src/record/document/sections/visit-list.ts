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
    if (VOID.has(resource['status'])) return undefined;
    const end = instant(pick(resource['period'], 'end'));
    return compactObject({
      no: text(pick(resource, 'identifier', 'value')),
      class: text(pick(resource['class'], 'code')),
      dept: text(pick(resource['serviceProvider'], 'display')) ?? labelOf(resource['serviceType']),
      campus: campusOf(resource['location']),
      doctor: doctorOf(fact),
      start: instant(pick(resource['period'], 'start')),
      end,
      endBy: end === undefined ? undefined : ('event' as const),
      state: text(resource['status']) ?? 'unknown',
      dx: diagnoses(fact),
      p: [p],
    });
  },
  compare: (a, b) => Number(b.start ?? 0) - Number(a.start ?? 0),
};

/** Location that is marked as a site; else none is known. */
function campusOf(locations: unknown): string | undefined {
  const sites = listOf(locations).filter((one) => codingOf(pick(one, 'physicalType')).code === 'si');
  return text(pick(sites, 'location', 'display')) ?? referenceOf(pick(sites, 'location'));
}

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
