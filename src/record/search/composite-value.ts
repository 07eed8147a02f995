import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { listOf } from '../../fhir/json.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { parametersOf, type SearchComponent, type SearchParameter } from '../../fhir/search-parameters.ts';
import { visitPath } from '../../fhir/search-path.ts';
import { compileValue } from './compile-value.ts';
import type { CompiledValue, Filter, FilterContext } from './filter.ts';
import { splitEscaped, type SearchTerm } from './request.ts';

/** One alternative: a compiled value for each component. */
type Alternative = readonly { readonly component: SearchComponent; readonly value: CompiledValue }[];

/**
 * `value$value` (R4 search.html#combining): the index narrows by the first component, the resource decides whether
 * one element meets them all.
 */
export async function compileComposite(
  parameter: SearchParameter,
  term: SearchTerm,
  context: FilterContext,
): Promise<Result<Filter, Problem>> {
  const alternatives: Alternative[] = [];
  const keys: string[] = [];
  for (const text of term.values) {
    const parts = splitEscaped(text, '$');
    const codes = [...new Set(parameter.components.map(({ code }) => code))];
    if (parts.length !== codes.length) {
      const message = `${codes.length} values are expected, separated by $: ${codes.join('$')}.`;
      return err(problem('fhir.search-value-invalid', message, { path: parameter.code }));
    }
    const alternative = await compileAlternative(parameter, codes, parts, context);
    if (!alternative.ok) return alternative;
    alternatives.push(alternative.value);
    keys.push(...(alternative.value[0]?.value.keys ?? []));
  }
  const residual = (resource: FhirResource): boolean => alternatives.some((one) => meets(resource, one));
  return ok({ query: keys.length === 0 ? {} : { all: [keys] }, residual });
}

async function compileAlternative(
  parameter: SearchParameter,
  codes: readonly string[],
  parts: readonly string[],
  context: FilterContext,
): Promise<Result<Alternative, Problem>> {
  const known = parametersOf(context.type);
  const alternative: { component: SearchComponent; value: CompiledValue }[] = [];
  for (const [index, code] of codes.entries()) {
    const own = known.get(code);
    if (own === undefined) {
      return err(problem('fhir.search-unsupported', `The part ${code} is not known.`, { path: parameter.code }));
    }
    const value = await compileValue(own, parts[index] ?? '', undefined, context);
    if (!value.ok) return value;
    for (const component of parameter.components) {
      if (component.code === code) alternative.push({ component, value: value.value });
    }
  }
  return ok(alternative);
}

/** One element of one base must meet every component that is relative to that base. */
function meets(resource: FhirResource, alternative: Alternative): boolean {
  const bases = new Set(alternative.map(({ component }) => component.base));
  return [...bases].some((base) => {
    const parts = alternative.filter(({ component }) => component.base === base);
    const elements = base === '' ? [resource] : elementsAt(resource, base);
    return elements.some((element) => parts.every(({ component, value }) => hasValue(element, component, value)));
  });
}

function elementsAt(resource: FhirResource, base: string): readonly unknown[] {
  return base.split('.').reduce<readonly unknown[]>(
    (at, name) => {
      const found: unknown[] = [];
      for (const value of at) visitPath(value, [{ name }], (one) => found.push(...listOf(one)));
      return found;
    },
    [resource],
  );
}

function hasValue(element: unknown, { paths }: SearchComponent, { test }: CompiledValue): boolean {
  return paths.some(({ steps, type }) => {
    let met = false;
    visitPath(element, steps, (found) => {
      met ||= test(type, found);
    });
    return met;
  });
}
