import type { GroupInstance } from '../../hl7/structure.ts';

/** What stands in a group of the message. */
interface Placed {
  readonly env: { readonly group: GroupInstance };
}

/** The group so many steps up, or the outermost. */
export function climb(group: GroupInstance, steps: number): GroupInstance {
  let at = group;
  for (let step = 0; step < steps && at.parent !== undefined; step += 1) at = at.parent;
  return at;
}

/** A few are looked through, which is cheaper than an index; looking through all for each of thousands is not. */
const FEW = 16;
const NONE: readonly never[] = [];

type ByGroup<Instance> = Map<GroupInstance, Instance[]>;

/** The resources of one rule set, in message order. */
export class Instances<Instance extends Placed> {
  readonly #all: Instance[] = [];
  /** By the group so many steps up, made when first asked for. */
  readonly #indexes: (ByGroup<Instance> | undefined)[] = [];

  get all(): readonly Instance[] {
    return this.#all;
  }

  add(instance: Instance): void {
    this.#all.push(instance);
    for (let up = 0; up < this.#indexes.length; up += 1) {
      const index = this.#indexes[up];
      if (index !== undefined) put(index, up, instance);
    }
  }

  /** Those whose group `up` steps up is this one. */
  within(up: number, group: GroupInstance): readonly Instance[] {
    const all = this.#all;
    if (all.length > FEW) return this.#index(up).get(group) ?? NONE;
    const only = all[0];
    if (all.length === 1 && only !== undefined) return climb(only.env.group, up) === group ? all : NONE;
    return all.filter(({ env }) => climb(env.group, up) === group);
  }

  #index(up: number): ByGroup<Instance> {
    let index = this.#indexes[up];
    if (index === undefined) {
      index = new Map();
      for (const instance of this.#all) put(index, up, instance);
      this.#indexes[up] = index;
    }
    return index;
  }
}

function put<Instance extends Placed>(index: ByGroup<Instance>, up: number, instance: Instance): void {
  const group = climb(instance.env.group, up);
  const known = index.get(group);
  if (known === undefined) index.set(group, [instance]);
  else known.push(instance);
}
