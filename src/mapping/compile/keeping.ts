import { didYouMean } from '../../core/nearest.ts';
import { Made, NO_CELLS } from '../run/cell.ts';
import { child, textsAt, type MapNode } from '../source/node.ts';
import { elementsOf, type Element } from '../types/fhir-model.ts';
import type { RuleContext } from './rule-context.ts';
import { Output, type Rule } from './target.ts';

interface Keeping {
  readonly type: string;
  readonly children: readonly string[];
  /** Some children are not kept, so that saying nothing of them says that they are gone. */
  readonly states: boolean;
}

/** `keep: [start]`, `keep: all`, `keep: [all, -end]`: children that stay as they are known where the message does not say them. */
export function keepingOf(node: MapNode, element: Element, context: RuleContext): Keeping | undefined {
  const keep = child(node, 'keep');
  const owner = element.children;
  if (keep === undefined) return undefined;
  if (owner === undefined || element.list || context.path.split('.').length > 2) {
    const message = `only an element of the resource that is one object can keep parts, not ${element.name}`;
    context.faults.add('mapping.bad-argument', message, { ...keep.at, path: context.path });
    return undefined;
  }
  const known = elementsOf(owner);
  const children = keptOf(textsAt(keep), known.keys());
  for (const name of children) {
    if (known.has(name)) continue;
    const message = `${owner} has no element "${name}"${didYouMean(name, known.keys())}`;
    context.faults.add('mapping.unknown-element', message, { ...keep.at, path: context.path });
  }
  const others = [...known.keys()].filter((name) => name !== 'id' && name !== 'extension' && !children.includes(name));
  return { type: owner, children, states: others.length > 0 };
}

/** `all`, without those that are named with a minus, or those that are named. */
function keptOf(named: readonly string[], all: Iterable<string>): readonly string[] {
  if (!named.includes('all')) return named;
  return [...all].filter((name) => !named.includes(`-${name}`));
}

/** The rule with its value told to keep children; it speaks even without a value where it says that others are gone. */
export function keepingRule(rule: Rule, { type, children, states }: Keeping): Rule {
  return {
    ...rule,
    needs: states ? undefined : rule.needs,
    produce: (env, out) => {
      const inner = new Output();
      rule.produce(env, inner);
      if (inner.nulled) out.nulled = true;
      const value = inner.values[0];
      if (value !== undefined) out.add(new Made(value.type, value.value, value.cells, children));
      else if (states) out.add(new Made(type, {}, NO_CELLS, children));
    },
  };
}
