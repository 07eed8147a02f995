import { canonical } from '../fhir/analytes.ts';
import type { ConceptSet } from '../fhir/concepts.ts';
import type { ExpressionKnowledge } from '../triggers/expression.ts';

/** One type of each kind that a concept may be found in. */
const KINDS = ['Condition', 'Procedure', 'MedicationRequest', 'Observation', 'AllergyIntolerance'] as const;

/** What plan expressions may ask: the concepts of the installation, and canonical results. */
export function expressionKnowledge(concepts: ConceptSet): ExpressionKnowledge {
  return {
    concepts: concepts.definitions.map(({ id }) => id),
    concept: (concept, codings) =>
      KINDS.some((resourceType) => concepts.of({ resourceType, code: { coding: codings } }).includes(concept)),
    canonical: (observation) => {
      const result = canonical(observation);
      // A result with a comparator is a bound, not a value; expressions see it by its own rules.
      return result === undefined || result.comparator !== undefined
        ? undefined
        : { value: result.value, unit: result.unit };
    },
  };
}
