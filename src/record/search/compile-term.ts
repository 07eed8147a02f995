import { problem, type Problem } from '../../core/problem.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { didYouMean } from '../../core/nearest.ts';
import { isResourceType } from '../../fhir/elements.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import { parametersOf, type SearchParameter, type SearchParameterType } from '../../fhir/search-parameters.ts';
import { visitPath } from '../../fhir/search-path.ts';
import { compileComposite } from './composite-value.ts';
import { presenceTerm } from './comparison.ts';
import { compileValue } from './compile-value.ts';
import type { CompiledValue, Filter, FilterContext } from './filter.ts';
import type { SearchTerm } from './request.ts';

const MODIFIERS: Readonly<Record<SearchParameterType, readonly string[]>> = {
  token: ['not', 'missing'],
  string: ['exact', 'contains', 'missing'],
  reference: ['missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  uri: ['below', 'missing'],
  composite: [],
};

/** Compiles one term of a search; a problem names what is wrong with it and the nearest right name. */
export async function compileTerm(term: SearchTerm, context: FilterContext): Promise<Result<Filter, Problem>> {
  const parameters = parametersOf(context.type);
  const parameter = parameters.get(term.name);
  if (parameter === undefined) return err(unknown(term, context.type));
  const { modifier } = term;
  if (modifier !== undefined && !allows(parameter, modifier)) {
    const known = MODIFIERS[parameter.type].map((name) => `:${name}`).join(', ');
    const message = `The modifier :${modifier} is not supported here; supported: ${known === '' ? 'none' : known}.`;
    return err(problem('fhir.search-unsupported', message, { path: term.name }));
  }
  if (modifier === 'missing') return missing(parameter, term);
  if (parameter.type === 'composite') return compileComposite(parameter, term, context);
  const values: CompiledValue[] = [];
  for (const value of term.values) {
    const compiled = await compileValue(parameter, value, modifier, context);
    if (!compiled.ok) return compiled;
    values.push(compiled.value);
  }
  return ok(modifier === 'not' ? negated(parameter, values) : combined(parameter, values));
}

function allows(parameter: SearchParameter, modifier: string): boolean {
  if (parameter.type === 'reference' && isResourceType(modifier)) return true;
  return MODIFIERS[parameter.type].includes(modifier);
}

function unknown({ name }: SearchTerm, type: string): Problem {
  if (name === '_has' || name.includes('.')) {
    return problem('fhir.search-unsupported', 'Chains are not supported; search in two steps.', { path: name });
  }
  const near = didYouMean(name, parametersOf(type).keys());
  return problem('fhir.search-parameter-unknown', `${type} has no search parameter of this name${near}.`, {
    path: name,
  });
}

/** Every value of a term is an alternative. */
function combined(parameter: SearchParameter, values: readonly CompiledValue[]): Filter {
  const keys = values.flatMap((value) => value.keys ?? []);
  const prefixes = values.flatMap((value) => value.prefixes ?? []);
  const ranges = values.flatMap((value) => value.ranges ?? []);
  const present = values.flatMap((value) => value.present ?? []);
  const allRanges = [...(ranges.length === 0 ? [] : [ranges]), ...(present.length === 0 ? [] : [present])];
  const query: Filter['query'] = {
    ...(keys.length === 0 ? {} : { all: [keys] }),
    ...(prefixes.length === 0 ? {} : { prefix: [prefixes] }),
    ...(allRanges.length === 0 ? {} : { ranges: allRanges }),
  };
  return values.every(({ exact }) => exact) ? { query } : { query, residual: residualOf(parameter, values) };
}

function negated(parameter: SearchParameter, values: readonly CompiledValue[]): Filter {
  if (values.every(({ exact }) => exact)) return { query: { none: values.flatMap((value) => value.keys ?? []) } };
  const meets = residualOf(parameter, values);
  return { query: {}, residual: (resource) => !meets(resource) };
}

function residualOf({ paths }: SearchParameter, values: readonly CompiledValue[]): (resource: FhirResource) => boolean {
  return (resource) => {
    let met = false;
    for (const { steps, type, only } of paths) {
      visitPath(resource, steps, (found) => {
        if (!met && only === undefined) met = values.some(({ test }) => test(type, found));
      });
    }
    return met;
  };
}

/** Ranges know whether they are there; for the others the resource is asked. */
function missing(parameter: SearchParameter, term: SearchTerm): Result<Filter, Problem> {
  const [value] = term.values;
  if (value !== 'true' && value !== 'false') {
    return err(problem('fhir.search-value-invalid', 'true or false is expected.', { path: `${term.name}:missing` }));
  }
  const { code, type, indexedAs, paths } = parameter;
  if ((type === 'date' || type === 'number' || type === 'quantity') && code !== '_lastUpdated') {
    const terms = (indexedAs.length === 0 ? [code] : indexedAs.map((as) => as.code)).map(presenceTerm);
    if (value === 'false') return ok({ query: { ranges: [terms] } });
    return ok({ query: { ranges: terms.map((one) => [{ ...one, not: true }]) } });
  }
  const residual = (resource: FhirResource): boolean => {
    let present = false;
    for (const { steps } of paths) visitPath(resource, steps, () => (present = true));
    return present === (value === 'false');
  };
  return ok({ query: {}, residual });
}
