import type { Faults } from '../../compile/faults.ts';
import type { SegmentFields } from '../../types/hl7-model.ts';
import type { ScalarNode } from '../../source/node.ts';
import type { Table } from '../../tables/table.ts';
import { NOTHING, type CompileContext, type Scope } from './compiled.ts';

/** What the compiler of rules carries along. */
export interface RuleContext {
  readonly faults: Faults;
  readonly tables: ReadonlyMap<string, Table>;
  readonly segments: SegmentFields;
  /** Files of parts that several messages share: a segment that this structure lacks is no fault there. */
  readonly shared: ReadonlySet<string>;
  readonly scope: Scope;
  /** Where the rule stands, for messages: `OBSERVATION.OBX-5`. */
  readonly path: string;
}

/** The context that expressions of this scalar are compiled in. */
export function expressionContext(node: ScalarNode, context: RuleContext): CompileContext {
  return {
    scope: context.scope,
    tables: context.tables,
    fail: (code, message, offset = 0) => {
      const column = node.at.column === undefined ? {} : { column: node.at.column + node.indent + offset };
      context.faults.add(code, message, { ...node.at, ...column, path: context.path });
      return NOTHING;
    },
  };
}
