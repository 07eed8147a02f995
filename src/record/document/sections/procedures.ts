import { codingOf, compactObject, labelOf, pick, referenceOf, systemName, text } from '../fact.ts';
import { compareText, type Entry, type ListSection } from '../list-section.ts';

/** An operation or other procedure. */
export interface ProcedureEntry extends Entry {
  readonly code?: string;
  readonly sys?: string;
  readonly text?: string;
  readonly on?: string;
  readonly enc?: string;
  /** `final` where the front page of the case history coded it, `provisional` where a running system did. */
  readonly coded: 'provisional' | 'final';
}

/** Newest first. */
export const procedures: ListSection<ProcedureEntry> = {
  types: ['Procedure'],
  limit: 40,
  entry: ({ resource, p }) => {
    const status = text(resource['status']);
    if (status === 'entered-in-error' || status === 'not-done') return undefined;
    const { system, code } = codingOf(resource['code']);
    const on = text(resource['performedDateTime']) ?? text(pick(resource, 'performedPeriod', 'start'));
    return compactObject({
      code,
      sys: systemName(system),
      text: labelOf(resource['code']),
      on: on?.slice(0, 10),
      enc: referenceOf(resource['encounter']),
      coded: codingOf(resource['category']).code === 'final' ? ('final' as const) : ('provisional' as const),
      p: [p],
    });
  },
  compare: (a, b) => compareText(b.on, a.on),
};
