import type { ConceptSet } from '../../fhir/concepts.ts';
import type { Fact } from './fact.ts';
import {
  buildList,
  updateList,
  type BoundedList,
  type Entry,
  type FactChange,
  type ListSection,
} from './list-section.ts';

/** What sections need to know beside the facts. */
export interface SectionFacts {
  /** IANA zone of calendar days. */
  readonly zone: string;
  readonly concepts: ConceptSet;
  /** Newest event time in the document. */
  readonly asOf: number;
}

/** One part of the patient document that is made of resources. */
export interface Section {
  /** Resource types that it reads. */
  readonly types: readonly string[];
  /** Parts of the document, by name, from all resources of its types. */
  readonly build: (facts: readonly Fact[], about: SectionFacts) => Readonly<Record<string, unknown>>;
  /**
   * The same parts from those before and the changes to its resources; undefined where they must be built again.
   * What it answers equals `build`. A stored part has the shape in which `build` made it: documents have one writer.
   */
  readonly update: (
    stored: Readonly<Record<string, unknown>>,
    changes: readonly FactChange[],
    about: SectionFacts,
  ) => Readonly<Record<string, unknown>> | undefined;
}

/**
 * The section of a bounded list.
 * @param shape parts of the document that the list becomes; default: the list with its count, under `name`
 */
export function listSection<E extends Entry>(
  name: string,
  spec: ListSection<E>,
  shape: (list: BoundedList<E>) => Readonly<Record<string, unknown>> = (list) => ({ [name]: list }),
): Section {
  return {
    types: spec.types,
    build: (facts) => shape(buildList(spec, facts)),
    update: (stored, changes) => {
      let list = stored[name] as BoundedList<E> | undefined;
      for (const change of changes) list = list === undefined ? undefined : updateList(spec, list, change);
      return list === undefined ? undefined : shape(list);
    },
  };
}

/** The section of a list without a count: shown as an array, so built again whenever it is full. */
export function arraySection<E extends Entry>(
  name: string,
  spec: ListSection<E>,
  more: (list: readonly E[]) => Readonly<Record<string, unknown>> = () => ({}),
): Section {
  const shape = ({ list }: BoundedList<E>): Readonly<Record<string, unknown>> => ({ [name]: list, ...more(list) });
  return {
    types: spec.types,
    build: (facts) => shape(buildList(spec, facts)),
    update: (stored, changes) => {
      const entries = stored[name] as readonly E[] | undefined;
      if (entries === undefined || entries.length >= spec.limit) return undefined;
      let list: BoundedList<E> | undefined = { n: entries.length, list: entries };
      for (const change of changes) list = list === undefined ? undefined : updateList(spec, list, change);
      return list === undefined ? undefined : shape(list);
    },
  };
}
