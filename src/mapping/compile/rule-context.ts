import type { CompileContext, Scope } from './compiled.ts';
import type { Faults } from './faults.ts';

/** What all expressions of a mapping are compiled with. */
export type SharedContext = Omit<CompileContext, 'fail' | 'scope' | 'lenient'>;

/** What the compiler of rules carries along. */
export interface RuleContext {
  readonly faults: Faults;
  readonly expressions: SharedContext;
  /** Files of parts that several messages share. */
  readonly shared: ReadonlySet<string>;
  readonly scope: Scope;
  /** Where the rule stands, for messages: `patient.contact.name`. */
  readonly path: string;
}
