import type { ProblemCode } from '../../core/problem.ts';
import type { Argument, Expression } from '../language/ast.ts';
import type { Item } from '../run/cell.ts';
import type { Need } from '../run/presence.ts';
import type { Env, Instance } from '../run/run.ts';
import type { Around } from './around.ts';
import type { Footprint } from './footprint.ts';

/** An expression as a closure, with what is known of its values before any message is there. */
export interface Compiled {
  /** HL7 type of the cells it yields; absent where it yields made values. */
  readonly hl7?: string;
  /** Types of the made values it yields: FHIR types, `coded`, `literal`. */
  readonly types: readonly string[];
  /** True where it may yield several values. */
  readonly many: boolean;
  /** True where it does not depend on the message. */
  readonly constant?: boolean;
  /** Fields of which one must be populated for it to yield anything; undefined where it may yield without. */
  readonly needs?: readonly Need[] | undefined;
  readonly evaluate: (env: Env) => readonly Item[];
}

/** Yields nothing: what stands for an expression that has a fault, or for a segment that the structure does not have. */
export const NOTHING: Compiled = { types: [], many: false, needs: [], evaluate: () => [] };

/** What a rule sees of its group: the segment it stands on, the value a filter or `each:` looks at. */
export interface Scope {
  readonly segment?: string;
  readonly cell?: { readonly segment: string; readonly field: number; readonly type: string };
  /** HL7 type of the value that relative paths (`.5`) speak of. */
  readonly relative?: string;
}

/** Everything the compiler of an expression may ask. */
export interface CompileContext {
  readonly scope: Scope;
  readonly around: Around;
  readonly footprint: Footprint;
  /** True in parts that several messages share: a segment that this structure lacks is no fault. */
  readonly lenient: boolean;
  /** Notes a fault at an offset of the expression. */
  fail(code: ProblemCode, message: string, offset?: number): Compiled;
}

/** A call of a function while it is compiled. */
export interface Call {
  readonly args: readonly Argument[];
  /** FHIR types that the place takes; empty inside conditions and keys. */
  readonly expected: readonly string[];
  readonly context: CompileContext;
  /** What stands left of the bar, as it is. */
  input(): Compiled;
  /** What stands left of the bar, converted into one of these types. */
  converted(types: readonly string[]): Compiled;
  compile(expression: Expression): Compiled;
  /** For `$name` left of the bar: the resources of that name in the group around this one. */
  siblings(): ((env: Env) => readonly Instance[]) | undefined;
  fail(code: ProblemCode, message: string): Compiled;
}

/** An example of a function: its own documentation and its test. */
export interface FunctionExample {
  /** Segments after MSH. */
  readonly hl7: string;
  /** Element that is set: `Patient.gender`. */
  readonly element: string;
  readonly rule: string;
  /** The element's value as JSON; undefined: it is not set. */
  readonly value: unknown;
}

/** A function of the mapping language. */
export interface MappingFunction {
  readonly name: string;
  /** How it is called: `table(NAME[, FALLBACK])`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly FunctionExample[];
  bind(call: Call): Compiled;
}
