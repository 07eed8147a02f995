import { listOf } from '../../../fhir/json.ts';
import { codingOf, compactObject, labelOf, pick, text, type Fact } from '../fact.ts';
import { compareText, type Entry, type ListSection } from '../list-section.ts';

/** A prescription or a reported medication. */
export interface MedicationEntry extends Entry {
  readonly name: string;
  readonly class?: string;
  readonly dose?: string;
  readonly state: string;
  readonly start?: string;
  readonly supplyEnds?: string;
}

/** Current first, then newest. */
export const medications: ListSection<MedicationEntry> = {
  types: ['MedicationRequest', 'MedicationStatement'],
  limit: 40,
  pastLimit: 20,
  isCurrent: ({ state }) => state === 'active' || state === 'on-hold',
  entry: (fact) => {
    const { resource, p } = fact;
    const state = text(resource['status']) ?? 'unknown';
    const name =
      labelOf(resource['medicationCodeableConcept']) ?? text(pick(resource, 'medicationReference', 'display'));
    if (name === undefined || state === 'entered-in-error' || state === 'draft') return undefined;
    return compactObject({
      name,
      class: atcOf(resource['medicationCodeableConcept']),
      dose: text(pick(resource, 'dosageInstruction', 'text')) ?? text(pick(resource, 'dosage', 'text')),
      state,
      start: startOf(fact),
      supplyEnds: text(pick(resource, 'dispenseRequest', 'validityPeriod', 'end'))?.slice(0, 10),
      p: [p],
    });
  },
  compare: (a, b) => compareText(b.start, a.start),
};

function atcOf(concept: unknown): string | undefined {
  const codings = listOf(pick(concept, 'coding'));
  return codings.map((coding) => codingOf({ coding: [coding] })).find(({ system }) => system?.includes('atc') === true)
    ?.code;
}

function startOf({ resource }: Fact): string | undefined {
  const period = pick(resource, 'effectivePeriod', 'start') ?? resource['effectiveDateTime'];
  return (text(resource['authoredOn']) ?? text(period))?.slice(0, 10);
}
