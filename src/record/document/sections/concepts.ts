import type { ConceptSet } from '../../../fhir/concepts.ts';
import { text, type Fact, type Provenance, PROVENANCES } from '../fact.ts';
import { compareText } from '../list-section.ts';
import { conditions } from './conditions.ts';
import { medications } from './medications.ts';
import { procedures } from './procedures.ts';

/** A named fact that holds or held of the person. */
export interface ConceptEntry {
  readonly id: string;
  readonly state: 'active' | 'done';
  readonly since?: string;
  readonly p: readonly Provenance[];
}

/** Types in which concepts that are facts about a person (not numbers) show. */
export const CONCEPT_TYPES: readonly string[] = ['Condition', 'MedicationRequest', 'MedicationStatement', 'Procedure'];

const LIMIT = 80;

/** Makes the section from all resources of its types. */
export function buildConcepts(facts: readonly Fact[], concepts: ConceptSet): readonly ConceptEntry[] {
  const found = new Map<string, Part[]>();
  for (const fact of facts) {
    const part = partOf(fact);
    if (part === undefined) continue;
    for (const id of concepts.of(fact.resource)) found.set(id, [...(found.get(id) ?? []), part]);
  }
  return [...found]
    .map(([id, parts]) => entryOf(id, parts))
    .sort((a, b) => compareText(a.state, b.state) || compareText(b.since, a.since) || compareText(a.id, b.id))
    .slice(0, LIMIT);
}

interface Part {
  readonly active: boolean;
  readonly since: string | undefined;
  readonly at: number;
  readonly p: Provenance;
}

/** What one resource says of its concepts; undefined where it is void. */
function partOf(fact: Fact): Part | undefined {
  const { at, p } = fact;
  switch (fact.resource.resourceType) {
    case 'Condition': {
      const entry = conditions.entry(fact);
      return entry && { active: entry.state === 'active', since: entry.since, at, p };
    }
    case 'Procedure': {
      const entry = procedures.entry(fact);
      return entry && { active: false, since: entry.on, at, p };
    }
    default: {
      const entry = medications.entry(fact);
      return entry && { active: text(entry.state) === 'active', since: entry.start, at, p };
    }
  }
}

function entryOf(id: string, parts: readonly Part[]): ConceptEntry {
  const newestFirst = parts.toSorted((a, b) => b.at - a.at || compareText(a.p[1], b.p[1]));
  const days = parts.flatMap(({ since }) => (since === undefined ? [] : [since])).sort();
  return {
    id,
    state: parts.some(({ active }) => active) ? 'active' : 'done',
    ...(days[0] === undefined ? {} : { since: days[0] }),
    p: newestFirst.map(({ p }) => p).slice(0, PROVENANCES),
  };
}
