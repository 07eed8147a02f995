import { codingOf, compactObject, labelOf, pick, text, type Fact } from '../fact.ts';
import { compareText, type BoundedList, type Entry, type ListSection } from '../list-section.ts';

/** An allergy or intolerance, or the statement that there is none. */
export interface AllergyEntry extends Entry {
  readonly what: string;
  readonly kind?: string;
  readonly crit?: string;
  readonly reaction?: string;
  /** Present where the patient denies it. */
  readonly denied?: true;
}

/** Codes that say "no known allergy" (SNOMED CT, and what Chinese systems send as text). */
const NONE_KNOWN =
  /^(716186003|409137002|428607008|429625007|无|否认|无过敏史|否认过敏史|无药物过敏史|否认药物过敏史)$/;
const KINDS: Readonly<Record<string, string>> = { medication: 'drug' };
const LOW_TO_HIGH = ['low', 'unable-to-assess', 'high'];

/** Highest criticality first; several resources about one substance are one entry. */
export const allergies: ListSection<AllergyEntry> = {
  types: ['AllergyIntolerance'],
  limit: 40,
  entry: (fact) => {
    const { resource, p } = fact;
    const verification = codingOf(resource['verificationStatus']).code;
    const clinical = codingOf(resource['clinicalStatus']).code ?? 'active';
    if (verification === 'entered-in-error' || verification === 'refuted' || clinical !== 'active') return undefined;
    const what = labelOf(resource['code']);
    if (what === undefined) return undefined;
    const category = kindOf(fact);
    return compactObject({
      what,
      kind: category === undefined ? undefined : (KINDS[category] ?? category),
      crit: text(resource['criticality']),
      reaction: labelOf(pick(resource, 'reaction', 'manifestation')) ?? text(pick(resource, 'reaction', 'description')),
      denied: isDenial(resource['code'], what) ? (true as const) : undefined,
      p: [p],
    });
  },
  group: ({ what }) => what,
  compare: (a, b) =>
    LOW_TO_HIGH.indexOf(b.crit ?? '') - LOW_TO_HIGH.indexOf(a.crit ?? '') || compareText(a.what, b.what),
};

/** An empty list alone says nothing: what the record states about allergies as a whole. */
export function allergyState({ list }: BoundedList<AllergyEntry>): 'known' | 'denied' | 'unknown' | 'conflict' {
  const denied = list.some((entry) => entry.denied === true);
  const known = list.some((entry) => entry.denied !== true);
  if (denied) return known ? 'conflict' : 'denied';
  return known ? 'known' : 'unknown';
}

function kindOf({ resource }: Fact): string | undefined {
  const category = resource['category'];
  return Array.isArray(category) ? text(category[0]) : undefined;
}

function isDenial(code: unknown, what: string): boolean {
  return NONE_KNOWN.test(codingOf(code).code ?? '') || NONE_KNOWN.test(what);
}
