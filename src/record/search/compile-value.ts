import { problem, type Problem } from '../../core/problem.ts';
import { err, type Result } from '../../core/result.ts';
import type { SearchParameter, SearchParameterType } from '../../fhir/search-parameters.ts';
import type { CompiledValue, CompileValue, FilterContext } from './filter.ts';
import { compileDate, compileNumber, compileQuantity } from './ordered-value.ts';
import { compileReference } from './reference-value.ts';
import { compileString, compileUri } from './string-value.ts';
import { compileToken } from './token-value.ts';

const COMPILERS: Readonly<Record<Exclude<SearchParameterType, 'composite'>, CompileValue>> = {
  token: compileToken,
  string: compileString,
  reference: compileReference,
  date: compileDate,
  number: compileNumber,
  quantity: compileQuantity,
  uri: compileUri,
};

/** Compiles one value of a parameter that is no composite. */
export async function compileValue(
  parameter: SearchParameter,
  value: string,
  modifier: string | undefined,
  context: FilterContext,
): Promise<Result<CompiledValue, Problem>> {
  if (parameter.type === 'composite') {
    return err(problem('fhir.search-unsupported', 'A composite has no composite parts.', { path: parameter.code }));
  }
  return COMPILERS[parameter.type](parameter, value, modifier, context);
}
