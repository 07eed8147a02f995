import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isResourceType } from '../../fhir/elements.ts';
import { searchKey } from '../../fhir/extract.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { parametersOf, type SearchParameter } from '../../fhir/search-parameters.ts';
import { visitPath } from '../../fhir/search-path.ts';
import { referenceOf } from '../../fhir/search-values.ts';
import type { Row, Store } from '../../store/port.ts';
import type { PersonView } from '../contract.ts';

/** Resources that one page may include beside its matches. */
const MAX_INCLUDED = 1000;

/** One `_include` or `_revinclude`. */
export interface Include {
  readonly type: string;
  readonly parameter: SearchParameter;
  /** Only targets of this type. */
  readonly target?: string;
}

/** What an include needs: the rows of resources, and whose person a Patient id belongs to. */
export interface IncludeDeps {
  readonly store: Store;
  readonly personOf: (rec: string) => Promise<PersonView | undefined>;
}

/** Reads `Type:parameter[:Target]`. */
export function parseInclude(text: string, name: '_include' | '_revinclude'): Result<Include, Problem> {
  const [type = '', code = '', target] = text.split(':');
  const parameter = parametersOf(type).get(code);
  if (parameter?.type !== 'reference' || (target !== undefined && !isResourceType(target))) {
    const message = 'Type:parameter or Type:parameter:Target with a reference parameter of the type is expected.';
    return err(problem('fhir.search-unsupported', message, { path: name }));
  }
  return ok(target === undefined ? { type, parameter } : { type, parameter, target });
}

/** Rows that the matches refer to; Patients are included as their person's lead, the way references to them are shown. */
export async function includedRows(
  matches: readonly FhirResource[],
  includes: readonly Include[],
  { store, personOf }: IncludeDeps,
): Promise<readonly Row[]> {
  const found = new Set<string>();
  for (const { type, parameter, target } of includes) {
    const from = matches.filter(({ resourceType }) => resourceType === type);
    for (const reference of from.flatMap((resource) => referencesOf(resource, parameter))) {
      if (target === undefined || reference.startsWith(`${target}/`)) found.add(reference);
    }
  }
  const shown = await Promise.all(
    [...found].map(async (reference) => {
      const person = reference.startsWith('Patient/') ? await personOf(reference.slice(8)) : undefined;
      return person === undefined ? reference : `Patient/${person.id}`;
    }),
  );
  const rows = await store.getMany('resources', [...new Set(shown)].slice(0, MAX_INCLUDED));
  return rows.filter((row) => row !== undefined).filter((row) => !String(row.fields['type']).startsWith('-'));
}

/** Rows that refer to the matches; a reference to any member of a matched person counts. */
export async function reverseIncludedRows(
  matches: readonly FhirResource[],
  includes: readonly Include[],
  { store, personOf }: IncludeDeps,
): Promise<readonly Row[]> {
  const targets = await Promise.all(matches.map((resource) => shownAs(resource, personOf)));
  const rows: Row[] = [];
  for (const { type, parameter } of includes) {
    const codes = parameter.indexedAs.length === 0 ? [parameter.code] : parameter.indexedAs.map(({ code }) => code);
    const keys = codes.flatMap((code) => targets.flat().map((target) => searchKey(type, code, target)));
    if (keys.length === 0) continue;
    const where = [{ field: 'type', op: 'eq', value: type }] as const;
    rows.push(...(await store.find('resources', { all: [keys], where, limit: MAX_INCLUDED })).rows);
  }
  return rows.slice(0, MAX_INCLUDED);
}

async function shownAs(resource: FhirResource, personOf: IncludeDeps['personOf']): Promise<readonly string[]> {
  const { resourceType, id } = resource as FhirResource & { readonly id?: unknown };
  if (typeof id !== 'string') return [];
  const person = resourceType === 'Patient' ? await personOf(id) : undefined;
  return (person?.members ?? [id]).map((member) => `${resourceType}/${member}`);
}

function referencesOf(resource: FhirResource, { paths }: SearchParameter): readonly string[] {
  const found: string[] = [];
  for (const { steps, type, only } of paths) {
    visitPath(resource, steps, (value) => {
      const reference = referenceOf(type, value);
      if (reference === undefined || !/^[A-Z]\w+\/[A-Za-z0-9\-.]{1,64}$/.test(reference)) return;
      if (only === undefined || reference.startsWith(`${only}/`)) found.push(reference);
    });
  }
  return found;
}
