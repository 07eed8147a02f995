import { codingOf, compactObject, instant, labelOf, pick, text } from '../fact.ts';
import type { Entry, ListSection } from '../list-section.ts';

/** A flag that is raised for the patient. */
export interface AlertEntry extends Entry {
  readonly kind?: string;
  readonly text?: string;
  readonly state: 'open' | 'closed';
  readonly at?: Date;
  readonly ref: string;
}

/** Open first, then newest. */
export const alerts: ListSection<AlertEntry> = {
  types: ['Flag'],
  limit: 20,
  entry: ({ resource, p, ref }) => {
    if (resource['status'] === 'entered-in-error') return undefined;
    return compactObject({
      kind: codingOf(resource['code']).code,
      text: labelOf(resource['code']),
      state: resource['status'] === 'active' ? ('open' as const) : ('closed' as const),
      at: instant(text(pick(resource, 'period', 'start'))),
      ref,
      p: [p],
    });
  },
  compare: (a, b) => Number(b.state === 'open') - Number(a.state === 'open') || Number(b.at ?? 0) - Number(a.at ?? 0),
};
