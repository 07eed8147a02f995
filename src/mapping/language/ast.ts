/** A place in a message: `PID-3[.5 in (MR, PI)].1`; without a segment it is relative to the value a filter looks at (`.5`). */
export interface PathExpression {
  readonly kind: 'path';
  readonly segment?: string;
  readonly field?: number;
  /** One repetition, counted from 1. */
  readonly repetition?: number;
  readonly filter?: Condition;
  readonly component?: number;
  readonly subcomponent?: number;
  /** Offset in the text of the expression, for messages. */
  readonly at: number;
}

/** A resource made earlier: `$patient`, all of them in this group `$observation[]`, its natural key `$report.key`. */
export interface ReferenceExpression {
  readonly kind: 'reference';
  readonly name: string;
  readonly all: boolean;
  readonly key: boolean;
  readonly at: number;
}

/** An argument of a function; named ones are written `name=value`. */
export interface Argument {
  readonly name?: string;
  readonly value: Expression;
}

/** A function applied to what stands left of the bar: `PID-8 | table(gender)`. */
export interface CallExpression {
  readonly kind: 'call';
  readonly input: Expression;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly at: number;
}

/** The small closed expression language (no loops, no assignment, no code). */
export type Expression =
  | PathExpression
  | ReferenceExpression
  | CallExpression
  | { readonly kind: 'literal'; readonly value: string; readonly at: number }
  | { readonly kind: 'else'; readonly options: readonly Expression[]; readonly at: number }
  | { readonly kind: 'period'; readonly start: Expression; readonly end: Expression; readonly at: number };

/** What `when:` and filters hold. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'exists'; readonly of: Expression }
  | { readonly kind: 'segment'; readonly name: string; readonly at: number }
  | { readonly kind: 'in'; readonly of: Expression; readonly values: readonly string[] }
  | { readonly kind: 'matches'; readonly of: Expression; readonly pattern: RegExp };

/** What is wrong with the text of an expression, and where (offset). */
export interface SyntaxFault {
  readonly message: string;
  readonly at: number;
}
