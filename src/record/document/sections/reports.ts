import { compactObject, instant, labelOf, pick, text, type Fact } from '../fact.ts';
import type { Entry, ListSection } from '../list-section.ts';

/** A report or document. */
export interface ReportEntry extends Entry {
  readonly title?: string;
  readonly status: string;
  readonly at?: Date;
}

/** Newest first. */
export const reports: ListSection<ReportEntry> = {
  types: ['DiagnosticReport', 'DocumentReference'],
  limit: 30,
  entry: (fact) => {
    const { resource, p } = fact;
    const status = text(resource['docStatus']) ?? text(resource['status']) ?? 'unknown';
    if (status === 'entered-in-error') return undefined;
    return compactObject({
      title: text(resource['description']) ?? labelOf(resource['code']) ?? labelOf(resource['type']),
      status,
      at: atOf(fact),
      p: [p],
    });
  },
  compare: (a, b) => Number(b.at ?? 0) - Number(a.at ?? 0),
};

function atOf({ resource }: Fact): Date | undefined {
  const times = [
    resource['effectiveDateTime'],
    pick(resource, 'effectivePeriod', 'start'),
    resource['issued'],
    resource['date'],
  ];
  return times.map(instant).find((at) => at !== undefined);
}
