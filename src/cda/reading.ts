import { uuidV5 } from '../core/ids.ts';
import { problem, type Problem, type ProblemCode } from '../core/problem.ts';
import { fhirTimes, type FhirTimes } from '../fhir/hl7-time.ts';
import type { ElementNews, NaturalKey, ResourcePatch } from '../fhir/patch.ts';
import type { UnmappedField } from '../mapping/result.ts';
import type { CdaContext } from './contract.ts';

/** A reference to a resource of a document. */
export interface Reference {
  readonly reference: string;
  readonly display?: string;
}

/** Values of elements; undefined and empty ones are left out. */
export type Elements = Readonly<Record<string, unknown>>;

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** The object without what is absent or empty; undefined where nothing is left. */
export function compact(elements: Elements): Elements | undefined {
  const kept = Object.entries(elements).filter(([, value]) => !isAbsent(value));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The values that are there. */
export const present = <T>(values: readonly (T | undefined)[]): readonly T[] =>
  values.filter((value) => value !== undefined);

/** What is made while a document is read: resources, warnings, and what ended in none. */
export class Reading {
  readonly context: CdaContext;
  readonly warnings: Problem[] = [];
  readonly unmapped: UnmappedField[] = [];
  readonly #patches = new Map<string, ResourcePatch>();
  readonly #counts = new Map<string, number>();

  constructor(context: CdaContext) {
    this.context = context;
  }

  get patches(): readonly ResourcePatch[] {
    return [...this.#patches.values()];
  }

  /** Namespace of a number (DESIGN section 2): who gave it, else the source's domain of that kind, else the source. */
  namespace(authority: string, kind: string): string {
    return authority === '' ? (this.context.ids[kind] ?? this.context.source) : authority;
  }

  /** A resource that the document makes known; one that was made under the same key before stays as it is. */
  make(type: string, key: NaturalKey, elements: Elements, stub = false): Reference {
    const id = uuidV5(this.context.installation, type, key.namespace, key.kind, key.value);
    if (!this.#patches.has(id)) {
      const news = Object.entries(compact(elements) ?? {}).map(([name, value]) => [name, newsOf(value)] as const);
      const patch: ResourcePatch = { type, id, key, elements: Object.fromEntries(news) };
      this.#patches.set(id, stub ? { ...patch, stub: true } : patch);
    }
    return { reference: `${type}/${id}` };
  }

  /** How often this was asked before: tells equal things of one document apart. */
  ordinal(what: string): number {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return count;
  }

  /** A time as FHIR writes it; a text that is none is warned about. */
  time(text: string, path: string): FhirTimes | undefined {
    if (text === '') return undefined;
    const times = fhirTimes(text, this.context.zone);
    if (times === undefined) this.warn('cda.invalid-value', 'The value is not a time YYYYMMDD[HHMM[SS]].', path);
    return times;
  }

  warn(code: ProblemCode, message: string, path: string): void {
    this.warnings.push(problem(code, message, { path }));
  }

  /** Notes a part of the document that ended in no resource. */
  lose(address: string, reason: UnmappedField['reason'] = 'not-mapped'): void {
    this.unmapped.push({ address, reason });
  }
}

/** Entries of a list that has several sources: each field of HL7 v2 replaces its own ones only. */
export class Units {
  readonly units: Readonly<Record<string, readonly unknown[]>>;

  constructor(units: Readonly<Record<string, readonly unknown[]>>) {
    this.units = units;
  }
}

function newsOf(value: unknown): ElementNews {
  return value instanceof Units ? { kind: 'entries', units: value.units } : { kind: 'value', value };
}
