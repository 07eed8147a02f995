import { codingOf, compactObject, labelOf, pick, systemName, text, type Fact } from '../fact.ts';
import { compareText, type Entry, type ListSection } from '../list-section.ts';

/** A problem or diagnosis; several resources with one code are one entry. */
export interface ConditionEntry extends Entry {
  readonly code?: string;
  readonly sys?: string;
  readonly text?: string;
  readonly state: string;
  readonly since?: string;
  /** How many resources say so. */
  readonly seen: number;
}

const REFUTED: ReadonlySet<string> = new Set(['refuted', 'entered-in-error']);

/** Active first, then newest. */
export const conditions: ListSection<ConditionEntry> = {
  types: ['Condition'],
  limit: 60,
  pastLimit: 30,
  isCurrent: ({ state }) => state === 'active',
  entry: (fact) => {
    const { resource, p } = fact;
    if (REFUTED.has(codingOf(resource['verificationStatus']).code ?? '')) return undefined;
    const { system, code } = codingOf(resource['code']);
    return compactObject({
      code,
      sys: systemName(system),
      text: labelOf(resource['code']),
      state: stateOf(fact),
      since: since(fact),
      seen: 1,
      p: [p],
    });
  },
  group: ({ sys, code, text: label, p }) =>
    (code ?? label) === undefined
      ? (p[0]?.[1] ?? '')
      : `${sys ?? ''}|${code ?? ''}|${code === undefined ? (label ?? '') : ''}`,
  combine: (entries) => {
    const [newest] = entries;
    const active = entries.some(({ state }) => state === 'active');
    const days = entries.flatMap((entry) => (entry.since === undefined ? [] : [entry.since])).sort();
    return {
      ...(newest ?? { p: [] }),
      state: active ? 'active' : (newest?.state ?? 'active'),
      ...(days[0] === undefined ? {} : { since: days[0] }),
      seen: entries.length,
    };
  },
  compare: (a, b) => compareText(b.since, a.since),
};

function stateOf({ resource }: Fact): string {
  const code = codingOf(resource['clinicalStatus']).code ?? 'active';
  return code === 'recurrence' || code === 'relapse' ? 'active' : code;
}

/** Day of onset, else of recording; as precise as it was sent. */
function since({ resource }: Fact): string | undefined {
  const onset = text(resource['onsetDateTime']) ?? text(pick(resource['onsetPeriod'], 'start'));
  return (onset ?? text(resource['recordedDate']))?.slice(0, 10);
}
