import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import type { SearchParameter } from '../../fhir/search-parameters.ts';
import type { Query, RangeTerm } from '../../store/port.ts';

/** What a filter may ask while it is compiled. */
export interface FilterContext {
  readonly type: string;
  /** IANA zone of times without one. */
  readonly zone: string;
  readonly now: Date;
  /** Base URL of this endpoint without a trailing slash: absolute references to it are relative ones. */
  readonly base: string;
  /** The members of the person that a Patient id belongs to; the id alone where nobody knows it. */
  readonly members: (id: string) => Promise<readonly string[]>;
}

/** One value of a term, compiled: what the index says, and a test of a value in a resource. */
export interface CompiledValue {
  /** Any of these exact keys. */
  readonly keys?: readonly string[];
  /** Any of these prefixes of ordered keys. */
  readonly prefixes?: readonly string[];
  /** Any of these ranges. */
  readonly ranges?: readonly RangeTerm[];
  /** A range that must be there beside: the presence of what `ne` speaks of. */
  readonly present?: readonly RangeTerm[];
  /** Whether one value (of a data type) meets it; asked where the index does not decide. */
  readonly test: (type: string, value: unknown) => boolean;
  /** True where the index alone decides. */
  readonly exact: boolean;
}

/** Compiles the values of one kind of parameter. */
export type CompileValue = (
  parameter: SearchParameter,
  value: string,
  modifier: string | undefined,
  context: FilterContext,
) => Result<CompiledValue, Problem> | Promise<Result<CompiledValue, Problem>>;

/** One term of a search as conditions on rows. */
export interface Filter {
  readonly query: Pick<Query, 'all' | 'none' | 'prefix' | 'ranges' | 'where'>;
  /** What only the resource itself can tell. */
  readonly residual?: (resource: FhirResource) => boolean;
}

/** A key that no row has: a term that nothing meets. */
export const NOTHING = '\u0001';
