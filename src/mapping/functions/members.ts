import type { MappingFunction } from '../compile/compiled.ts';
import { Made, textOf } from '../run/cell.ts';
import type { Env, Instance } from '../run/run.ts';
import type { Compiled } from '../compile/compiled.ts';

function subIdOf(path: Compiled, env: Env): string {
  const [item] = path.evaluate(env);
  return item === undefined ? '' : textOf(item);
}

/** The head of a group is the first with its sub-id; `1.2` belongs to the head of `1` where there is one. */
function headOf(subId: string, all: readonly (readonly [Instance, string])[]): Instance | undefined {
  const dot = subId.lastIndexOf('.');
  const parent = dot < 0 ? undefined : all.find(([, other]) => other === subId.slice(0, dot))?.[0];
  return parent ?? all.find(([, other]) => other === subId)?.[0];
}

/** `members(OBX-4)`. */
export const membersFunction: MappingFunction = {
  name: 'members',
  usage: '$name | members(PATH)',
  summary:
    'Of the resources around this one: those that share its sub-id (or extend it, `1.2`), if this one leads them.',
  examples: [
    {
      hl7: 'OBR|1|A||X\rOBX|1|CWE|O||Eco||||||F\rOBX|2|ST|S||R||||||F',
      element: 'Observation.hasMember',
      rule: '$x | members(OBX-4)',
      value: undefined,
    },
    {
      hl7: 'OBR|1|A||X\rOBX|1|CWE|O|1|Eco||||||F\rOBX|2|ST|S|2|R||||||F',
      element: 'Observation.hasMember',
      rule: '$x | members(OBX-4)',
      value: undefined,
    },
  ],
  bind(call) {
    const [argument] = call.args;
    const around = call.siblings();
    if (argument === undefined || around === undefined) {
      return call.fail('mapping.bad-argument', 'it is written $name | members(PATH)');
    }
    const path = call.compile(argument.value);
    return {
      types: ['Reference(Observation)'],
      many: true,
      evaluate: (env) => {
        const own = subIdOf(path, env);
        const { instance } = env;
        if (own === '' || instance === undefined) return [];
        const all = around(env).map((other): readonly [Instance, string] => [other, subIdOf(path, other.env)]);
        if (
          headOf(
            own,
            all.filter(([, other]) => other === own),
          ) !== instance
        )
          return [];
        return all
          .filter(([other, subId]) => other !== instance && subId !== '' && headOf(subId, all) === instance)
          .map(([other]) => new Made('Reference', { reference: `${other.type}/${other.id}` }, []));
      },
    };
  },
};
