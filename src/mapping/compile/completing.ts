import { isObject } from '../../fhir/json.ts';
import { Made } from '../run/cell.ts';
import type { Env } from '../run/run.ts';
import { Output, type Rule } from './target.ts';

type Children = (env: Env) => Readonly<Record<string, unknown>> | undefined;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** An object with further children; lists that both have are joined. */
function completed(value: unknown, more: Readonly<Record<string, unknown>>): unknown {
  if (!isObject(value)) return value;
  const whole: Record<string, unknown> = { ...value, ...more };
  for (const name in more) {
    const [known, added] = [value[name], more[name]];
    if (isList(known) && isList(added)) whole[name] = [...known, ...added];
  }
  return whole;
}

/** `is:` with children beside it: they complete the object that it gives, and are not looked at where it gives none. */
export function completingRule(rule: Rule, children: Children): Rule {
  return {
    ...rule,
    produce: (env, out) => {
      const inner = new Output();
      rule.produce(env, inner);
      if (inner.nulled) out.nulled = true;
      if (inner.values.length === 0) return;
      const more = children(env);
      for (const value of inner.values) {
        out.add(
          more === undefined ? value : new Made(value.type, completed(value.value, more), value.cells, value.keep),
        );
      }
    },
  };
}
