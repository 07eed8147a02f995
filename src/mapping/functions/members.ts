import type { MappingFunction } from '../compile/compiled.ts';
import { Made, NO_CELLS, textOf } from '../run/cell.ts';
import type { Env, Instance } from '../run/run.ts';
import type { Compiled } from '../compile/compiled.ts';

function subIdOf(path: Compiled, env: Env): string {
  const item = path.evaluate(env)[0];
  return item === undefined ? '' : textOf(item);
}

/** Resources around one place by the sub-ids that join them. */
class Families {
  readonly #first = new Map<string, Instance>();
  readonly #members = new Map<Instance, Instance[]>();

  constructor(around: readonly Instance[], subId: (instance: Instance) => string) {
    const named = around.map((instance) => ({ instance, id: subId(instance) })).filter(({ id }) => id !== '');
    for (const { instance, id } of named) if (!this.#first.has(id)) this.#first.set(id, instance);
    for (const { instance, id } of named) {
      const head = this.#headOf(id);
      if (head === undefined || head === instance) continue;
      const members = this.#members.get(head);
      if (members === undefined) this.#members.set(head, [instance]);
      else members.push(instance);
    }
  }

  /** Those that a resource leads: it is the first of its own sub-id. */
  of(head: Instance, subId: string): readonly Instance[] {
    return this.#first.get(subId) === head ? (this.#members.get(head) ?? []) : [];
  }

  /** The head is the first with the sub-id; `1.2` belongs to the head of `1` where there is one. */
  #headOf(subId: string): Instance | undefined {
    const dot = subId.lastIndexOf('.');
    const parent = dot < 0 ? undefined : this.#first.get(subId.slice(0, dot));
    return parent ?? this.#first.get(subId);
  }
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
    const argument = call.args[0];
    const around = call.siblings();
    if (argument === undefined || around === undefined) {
      return call.fail('mapping.bad-argument', 'it is written $name | members(PATH)');
    }
    const path = call.compile(argument.value);
    // One for each list of resources: looking through the list for each of its resources would be quadratic.
    const families = new WeakMap<readonly Instance[], Families>();
    return {
      types: ['Reference(Observation)'],
      many: true,
      evaluate: (env) => {
        const own = subIdOf(path, env);
        const { instance } = env;
        if (own === '' || instance === undefined) return [];
        const all = around(env);
        let known = families.get(all);
        if (known === undefined) families.set(all, (known = new Families(all, (other) => subIdOf(path, other.env))));
        return known.of(instance, own).map(({ link }) => new Made('Reference', link, NO_CELLS));
      },
    };
  },
};
