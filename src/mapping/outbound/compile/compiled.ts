import type { ProblemCode } from '../../../core/problem.ts';
import type { Table } from '../../tables/table.ts';
import type { Env } from '../run/env.ts';
import type { Item } from '../run/item.ts';

/** A FHIR type that values may have; `targets` are the resource types that a Reference may point at (none: any). */
export interface Typed {
  readonly type: string;
  readonly targets: readonly string[];
}

/** An expression as a closure, with what is known of its values before any resource is there. */
export interface Compiled {
  readonly types: readonly Typed[];
  /** True where it may yield several values. */
  readonly many: boolean;
  /** True where it says nothing about the resources: a literal, a number that is counted. */
  readonly constant: boolean;
  readonly evaluate: (env: Env) => readonly Item[];
}

/** A condition as a closure. */
export type Test = (env: Env) => boolean;

/** Yields nothing: what stands for an expression that has a fault. */
export const NOTHING: Compiled = { types: [], many: false, constant: false, evaluate: () => [] };

/** What a rule sees: the types of what it looks at, and of the named resources. */
export interface Scope {
  readonly focus: readonly Typed[];
  readonly names: ReadonlyMap<string, readonly Typed[]>;
}

/** Everything the compiler of an expression may ask. */
export interface CompileContext {
  readonly scope: Scope;
  readonly tables: ReadonlyMap<string, Table>;
  /** Notes a fault at an offset of the expression. */
  readonly fail: (code: ProblemCode, message: string, offset?: number) => Compiled;
}

/** A type without a target. */
export const typed = (type: string, targets: readonly string[] = []): Typed => ({ type, targets });
