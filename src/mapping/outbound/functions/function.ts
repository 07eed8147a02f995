import type { ProblemCode } from '../../../core/problem.ts';
import type { Table } from '../../tables/table.ts';
import type { Compiled } from '../compile/compiled.ts';

/** A call of a function while it is compiled. */
export interface Call {
  readonly args: readonly string[];
  readonly tables: ReadonlyMap<string, Table>;
  /** What stands left of the bar. */
  readonly input: Compiled;
  readonly fail: (code: ProblemCode, message: string) => Compiled;
}

/** An example of a function: its own documentation and its test. */
export interface FunctionExample {
  /** The resource that the rule looks at. */
  readonly resource: Readonly<Record<string, unknown>> & { readonly resourceType: string };
  /** The field that is set: `PID-8`. */
  readonly field: string;
  readonly rule: string;
  /** Text of the field as it is written; `''`: it is not. */
  readonly value: string;
}

/** A function of outbound mappings. */
export interface OutboundFunction {
  readonly name: string;
  /** How it is called: `table(NAME[, FALLBACK])`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly FunctionExample[];
  bind(call: Call): Compiled;
}
