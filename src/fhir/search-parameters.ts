import { PATIENT_COMPARTMENT } from './definitions/compartment.ts';
import { SEARCH_PARAMETERS } from './definitions/search-parameters.ts';
import { isResourceType } from './elements.ts';
import { compilePaths, type SearchPath } from './search-path.ts';

/** Kinds of search parameters (R4 search.html#ptypes). */
export type SearchParameterType =
  'token' | 'string' | 'reference' | 'date' | 'number' | 'quantity' | 'uri' | 'composite';

/** Where the values of a parameter are indexed when not under its own code. */
interface IndexedAs {
  readonly code: string;
  /** Only references to this type. */
  readonly target?: string;
  /** Only tokens of this system. */
  readonly system?: string;
}

/** One search parameter of one type. */
export interface SearchParameter {
  readonly code: string;
  readonly type: SearchParameterType;
  readonly paths: readonly SearchPath[];
  /** Resource types that a reference parameter may point at; empty: any. */
  readonly targets: readonly string[];
  /** Parts of a composite. */
  readonly components: readonly SearchComponent[];
  /**
   * Where a search looks instead of under `code`, any of them: parameters whose values are those of others
   * (`Observation.patient`, `combo-code`, `Patient.phone`) have no keys of their own, since every key costs a write.
   */
  readonly indexedAs: readonly IndexedAs[];
}

/** One part of a composite: a parameter of its own, with paths relative to each base. */
export interface SearchComponent extends Pick<SearchParameter, 'code' | 'type'> {
  /** Element that repeats (`component`); empty for the resource itself. */
  readonly base: string;
  readonly paths: readonly SearchPath[];
}

interface RawParameter {
  readonly code: string;
  readonly type: SearchParameterType | 'special';
  readonly path: string;
  readonly target?: string;
  readonly component?: readonly RawParameter[];
}

// The generated text is the only writer of this shape.
const RAW = JSON.parse(SEARCH_PARAMETERS) as Readonly<Record<string, readonly RawParameter[]>>;
const COMPARTMENT = JSON.parse(PATIENT_COMPARTMENT) as Readonly<Record<string, readonly string[]>>;
const PARAMETERS = new Map<string, ReadonlyMap<string, SearchParameter>>();

/** Phonetic matching of ours is pinyin, which `name` has. */
const SAME_AS: Readonly<Record<string, string>> = { phonetic: 'name' };

/** The search parameters of a resource type by code, with those of every resource (`_id`, `_tag`). Empty for unknown types. */
export function parametersOf(type: string): ReadonlyMap<string, SearchParameter> {
  let parameters = PARAMETERS.get(type);
  if (parameters === undefined) PARAMETERS.set(type, (parameters = isResourceType(type) ? readType(type) : new Map()));
  return parameters;
}

/** True for a type whose resources may lie in a patient's compartment (R4 compartmentdefinition-patient.html). */
export function inPatientCompartment(type: string): boolean {
  return COMPARTMENT[type] !== undefined;
}

/** Every type that may lie in a patient's compartment, Patient first. */
export const compartmentTypes: readonly string[] = [
  'Patient',
  ...Object.keys(COMPARTMENT).filter((type) => type !== 'Patient'),
];

function readType(type: string): ReadonlyMap<string, SearchParameter> {
  const raw = new Map<string, RawParameter>();
  for (const row of [...(RAW['Resource'] ?? []), ...(RAW[type] ?? [])])
    if (row.type !== 'special') raw.set(row.code, row);
  const parameters = new Map<string, SearchParameter>();
  for (const row of raw.values()) {
    const parameter = readParameter(type, row, raw);
    if (parameter !== undefined) parameters.set(row.code, parameter);
  }
  return parameters;
}

function readParameter(
  type: string,
  row: RawParameter,
  all: ReadonlyMap<string, RawParameter>,
): SearchParameter | undefined {
  if (row.type === 'special') return undefined;
  const paths = row.type === 'composite' ? [] : compilePaths({ type, path: '' }, row.path);
  const components = (row.component ?? []).flatMap((part) => readComponents(type, row.path, part));
  if (paths.length === 0 && components.length === 0) return undefined;
  const targets = row.target?.split(' ') ?? [];
  return { code: row.code, type: row.type, paths, targets, components, indexedAs: indexedAs(row, all) };
}

function readComponents(type: string, bases: string, part: RawParameter): readonly SearchComponent[] {
  if (part.type === 'special') return [];
  const { code, type: kind } = part;
  return bases.split('|').flatMap((base) => {
    const paths = compilePaths({ type, path: base }, part.path);
    return paths.length === 0 ? [] : [{ code, type: kind, base, paths }];
  });
}

/** Finds parameters whose values together are those of this one. */
function indexedAs(row: RawParameter, all: ReadonlyMap<string, RawParameter>): readonly IndexedAs[] {
  const same = SAME_AS[row.code];
  if (same !== undefined && all.get(same)?.path === row.path) return [{ code: same }];
  const others = [...all.values()].filter((other) => other !== row && other.type === row.type);
  const resolved = /^([\w.]+)\.where\(resolve\(\) is (\w+)\)$/.exec(row.path);
  if (resolved !== null) {
    const whole = others.find((other) => other.path === resolved[1]);
    return whole === undefined ? [] : [{ code: whole.code, target: resolved[2] ?? '' }];
  }
  const system = /^([\w.]+)\.where\(system='(\w+)'\)$/.exec(row.path);
  if (system !== null) {
    const whole = others.find((other) => other.path === system[1]);
    return whole === undefined ? [] : [{ code: whole.code, system: system[2] ?? '' }];
  }
  return union(row, others);
}

/** `combo-code` is `code` and `component-code`: every alternative is the whole path of another parameter. */
function union(row: RawParameter, others: readonly RawParameter[]): readonly IndexedAs[] {
  const alternatives = row.path.split('|');
  const parts = new Map<string, RawParameter>();
  for (const other of others) {
    const own = other.path.split('|');
    if (own.length < alternatives.length && own.every((path) => alternatives.includes(path))) {
      for (const path of own) if (!parts.has(path)) parts.set(path, other);
    }
  }
  if (row.type === 'composite' || parts.size < alternatives.length) return [];
  return [...new Set([...parts.values()].map(({ code }) => code))].map((code) => ({ code }));
}
