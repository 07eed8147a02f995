import { listOf } from '../../../fhir/json.ts';
import { codingOf, compactObject, pick, text, type Fact } from '../fact.ts';
import { compareText, type Entry, type ListSection } from '../list-section.ts';

/** What the patient permits or refuses for a purpose. */
export interface ConsentEntry extends Entry {
  readonly purpose: string;
  readonly state: 'permit' | 'deny';
  readonly channels: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly ref: string;
}

/** Newest first; a refusal of a channel is in `optOut` too. */
export const consents: ListSection<ConsentEntry> = {
  types: ['Consent'],
  limit: 20,
  entry: (fact) => {
    const { resource, p, ref } = fact;
    if (resource['status'] !== 'active') return undefined;
    const provision = resource['provision'];
    return compactObject({
      purpose: purposeOf(fact),
      state: pick(provision, 'type') === 'deny' ? ('deny' as const) : ('permit' as const),
      channels: channelsOf(provision),
      since: text(pick(provision, 'period', 'start')) ?? text(resource['dateTime']),
      until: text(pick(provision, 'period', 'end')),
      ref,
      p: [p],
    });
  },
  compare: (a, b) => compareText(b.since, a.since),
};

function purposeOf({ resource }: Fact): string {
  const purpose = listOf(pick(resource, 'provision', 'purpose'));
  return codingOf({ coding: purpose }).code ?? codingOf(pick(resource, 'category')).code ?? 'any';
}

/** Channels that the provision speaks of: its codes; none: all of them. */
function channelsOf(provision: unknown): readonly string[] {
  return listOf(pick(provision, 'code')).flatMap((code) => codingOf(code).code ?? []);
}

/** Channels (`any`: all of them) on which the patient wants nothing for a purpose. */
export function optOuts(list: readonly ConsentEntry[]): readonly Readonly<Record<string, unknown>>[] {
  return list
    .filter(({ state }) => state === 'deny')
    .flatMap(({ purpose, channels, since, ref }) =>
      (channels.length === 0 ? ['any'] : channels).map((channel) =>
        compactObject({ channel, purpose, at: since, ref }),
      ),
    )
    .slice(0, 20);
}
