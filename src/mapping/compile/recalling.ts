import { Recall } from '../run/recall.ts';
import type { Footprint } from './footprint.ts';
import type { Rule } from './target.ts';

/**
 * The rule, remembering what it yields for texts that come again, where nothing but fields decides that. Where it does
 * so itself, the rules inside it need not.
 */
export function recallingRule(rule: Rule, { reads }: Footprint): Rule {
  if (reads === undefined || rule.constant || rule.unit === 'PID-3') return rule;
  const recall = new Recall(reads, (env, out) => {
    rule.produce(env, out);
  });
  return {
    ...rule,
    produce: (env, out) => {
      recall.produce(env, out);
    },
  };
}
