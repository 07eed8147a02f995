import type { Around } from './around.ts';
import type { Scope } from './compiled.ts';
import type { Faults } from './faults.ts';
import type { Footprint } from './footprint.ts';

/** What the compiler of rules carries along. */
export interface RuleContext {
  readonly faults: Faults;
  readonly around: Around;
  readonly scope: Scope;
  /** What the rule is seen to read. */
  readonly footprint: Footprint;
  /** Where the rule stands, for messages: `patient.contact.name`. */
  readonly path: string;
}
