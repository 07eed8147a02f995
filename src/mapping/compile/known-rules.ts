import type { Entry, Node } from '../source/node.ts';
import type { Around } from './around.ts';
import { namedRule } from './element.ts';
import type { RuleContext } from './rule-context.ts';
import type { Rule } from './target.ts';

interface Known {
  /** Type and name of the resource and element. */
  readonly place: string;
  readonly segment: string | undefined;
  readonly around: Around;
  readonly rule: Rule | undefined;
}

/** The rules of elements compiled so far: a message that changes one element of a rule set shares all the others. */
export class KnownRules {
  readonly #byNode = new WeakMap<Node, Known[]>();

  /** Compiles the rule of an element of a resource, or takes the one of another message that comes to the same. */
  compile(entry: Entry, type: string, context: RuleContext): Rule | undefined {
    const { around, scope, faults } = context;
    const place = `${type} ${context.path}.${entry.key}`;
    const known = this.#byNode.get(entry.value) ?? [];
    for (const one of known) {
      if (one.place !== place || one.segment !== scope.segment || !around.agreesWith(one.around)) continue;
      around.include(one.around);
      return one.rule;
    }
    const own = around.ofPart();
    const before = faults.list.length;
    const rule = namedRule(entry, type, { ...context, around: own })?.rule;
    around.include(own);
    if (faults.list.length > before) return rule;
    known.push({ place, segment: scope.segment, around: own, rule });
    this.#byNode.set(entry.value, known);
    return rule;
  }
}
