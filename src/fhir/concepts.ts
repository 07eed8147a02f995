import { isObject, listOf } from './json.ts';
import type { FhirResource } from './patch.ts';

/** What a concept may be found in: the resource types that are asked for each kind. */
const TYPES = {
  condition: ['Condition'],
  procedure: ['Procedure'],
  medication: ['MedicationAdministration', 'MedicationDispense', 'MedicationRequest', 'MedicationStatement'],
  observation: ['Observation'],
  allergy: ['AllergyIntolerance'],
} as const;

/** One code set of a concept: whole codes, beginnings of codes, or both, in one or several coding systems. */
interface ConceptCodes {
  readonly system: string | readonly string[];
  readonly codes?: readonly string[];
  readonly prefixes?: readonly string[];
}

/** A named clinical fact (`t2dm`): the body of one file of `config/concepts/`. */
export interface ConceptDefinition {
  readonly id: string;
  readonly title: string;
  /** One kind, or several where the fact shows itself in different ways (a chemotherapy cycle). */
  readonly kind: keyof typeof TYPES | readonly (keyof typeof TYPES)[];
  readonly codes: readonly ConceptCodes[];
  /** An observation whose latest number stands in `marks` of the patient document: a declared cohort number. */
  readonly mark?: boolean;
}

/** JSON Schema (draft 2020-12) of a concept file. */
export const CONCEPT_SCHEMA = {
  type: 'object',
  required: ['id', 'title', 'kind', 'codes'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' },
    title: { type: 'string', minLength: 1 },
    kind: {
      anyOf: [
        { enum: Object.keys(TYPES) },
        { type: 'array', minItems: 1, uniqueItems: true, items: { enum: Object.keys(TYPES) } },
      ],
    },
    mark: { type: 'boolean' },
    codes: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['system'],
        additionalProperties: false,
        anyOf: [{ required: ['codes'] }, { required: ['prefixes'] }],
        properties: {
          system: {
            anyOf: [
              { type: 'string', minLength: 1 },
              { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
            ],
          },
          codes: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
          prefixes: { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
        },
      },
    },
  },
} as const;

/** All concepts of an installation, compiled once. */
export interface ConceptSet {
  readonly definitions: readonly ConceptDefinition[];
  /** Ids of the concepts that a resource states by its main code (`code`, `medication[x]`), in order of definition. */
  of(resource: FhirResource): readonly string[];
}

interface SystemIndex {
  readonly codes: Map<string, Set<string>>;
  readonly prefixes: Map<string, Set<string>>;
}

/** Compiles concept definitions; a code is looked up in time that does not grow with their number. */
export function compileConcepts(definitions: readonly ConceptDefinition[]): ConceptSet {
  const byType = new Map<string, Map<string, SystemIndex>>();
  for (const definition of definitions) {
    for (const kind of listOf(definition.kind) as readonly (keyof typeof TYPES)[]) {
      for (const type of TYPES[kind]) addCodes(mapIn(byType, type), definition);
    }
  }
  const order = new Map(definitions.map(({ id }, index) => [id, index]));
  return {
    definitions,
    of(resource) {
      const systems = byType.get(resource.resourceType);
      if (systems === undefined) return [];
      const found = new Set<string>();
      for (const coding of codingsOf(resource)) look(systems, coding, found);
      return [...found].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    },
  };
}

function addCodes(systems: Map<string, SystemIndex>, definition: ConceptDefinition): void {
  for (const { system, codes = [], prefixes = [] } of definition.codes) {
    for (const one of listOf(system) as readonly string[]) {
      let index = systems.get(one);
      if (index === undefined) systems.set(one, (index = { codes: new Map(), prefixes: new Map() }));
      for (const code of codes) setIn(index.codes, code).add(definition.id);
      for (const prefix of prefixes) setIn(index.prefixes, prefix).add(definition.id);
    }
  }
}

function look(systems: Map<string, SystemIndex>, coding: unknown, found: Set<string>): void {
  if (!isObject(coding)) return;
  const { system, code } = coding;
  if (typeof system !== 'string' || typeof code !== 'string') return;
  const index = systems.get(system);
  if (index === undefined) return;
  for (const id of index.codes.get(code) ?? []) found.add(id);
  if (index.prefixes.size === 0) return;
  for (let end = 1; end <= code.length; end += 1) {
    for (const id of index.prefixes.get(code.slice(0, end)) ?? []) found.add(id);
  }
}

/** Codings of the main code of a resource: `code`, else `medicationCodeableConcept`. */
function codingsOf(resource: FhirResource): readonly unknown[] {
  const code = resource['code'] ?? resource['medicationCodeableConcept'];
  return isObject(code) ? listOf(code['coding']) : [];
}

function setIn(map: Map<string, Set<string>>, key: string): Set<string> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Set()));
  return found;
}

function mapIn<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Map<string, V>()));
  return found;
}
