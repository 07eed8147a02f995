/** One step of a path through resources. */
export type Step =
  | { readonly kind: 'element'; readonly name: string; readonly at: number }
  /** `subject->Patient`: the resource of this type that a reference points at. */
  | { readonly kind: 'follow'; readonly type: string; readonly at: number }
  /** `name[1]`, counted from 1. */
  | { readonly kind: 'nth'; readonly n: number; readonly at: number }
  | { readonly kind: 'filter'; readonly test: Condition; readonly at: number };

/** Where a path begins: at what the rule looks at, at a named resource, or at all resources of a type. */
export type Root =
  | { readonly kind: 'focus' }
  /** `$holder`: the resource that holds what the rule looks at. */
  | { readonly kind: 'holder' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'type'; readonly type: string };

/** A place in the resources: `name[use == official].family`, `$report.subject->Patient`, `Encounter[subject == $patient]`. */
export interface ElementPath {
  readonly kind: 'path';
  readonly root: Root;
  readonly steps: readonly Step[];
  /** Offset in the text of the expression, for messages. */
  readonly at: number;
}

/** A function applied to what stands left of the bar; its arguments are literals. */
interface CallExpression {
  readonly kind: 'call';
  readonly input: Expression;
  readonly name: string;
  readonly args: readonly string[];
  readonly at: number;
}

/** The expressions of outbound mappings; closed like those of the inbound ones. */
export type Expression =
  | ElementPath
  | CallExpression
  | { readonly kind: 'literal'; readonly value: string; readonly at: number }
  | { readonly kind: 'else'; readonly options: readonly Expression[]; readonly at: number }
  /** `$index`: which of its `each:` this is, from 1. `$now`: when the message is made. */
  | { readonly kind: 'index' | 'now'; readonly at: number };

/** What `when:` and filters hold. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'exists'; readonly of: Expression }
  | { readonly kind: 'in'; readonly of: Expression; readonly values: readonly string[] }
  | { readonly kind: 'matches'; readonly of: Expression; readonly pattern: RegExp }
  /** `actor is Location`: what a reference points at; `value is Quantity`: which type of a choice it is. */
  | { readonly kind: 'is'; readonly of: Expression; readonly type: string; readonly at: number }
  /** `code == $holder.code`: the same value. */
  | { readonly kind: 'equal'; readonly of: Expression; readonly to: Expression }
  /** `subject == $patient`: a reference to this very resource. */
  | { readonly kind: 'same'; readonly of: Expression; readonly name: string; readonly at: number };
