import type { MapNode } from '../source/node.ts';
import { Around, type Surroundings } from './around.ts';
import type { Faults } from './faults.ts';
import { KnownRules } from './known-rules.ts';
import type { Placement } from './place.ts';
import { compileResource, type CompiledResource } from './resource.ts';

/** Where a rule set is to be compiled. */
interface Setting {
  readonly faults: Faults;
  readonly surroundings: Surroundings;
  readonly placement: Placement;
}

interface Known {
  readonly name: string;
  readonly segment: string | undefined;
  readonly around: Around;
  readonly compiled: CompiledResource;
}

/**
 * The rule sets compiled so far. Parts are included by many messages and seen by many sites: a rule set is compiled
 * again only where what it asks about its surroundings is answered differently.
 */
export class KnownResources {
  readonly #byNode = new WeakMap<MapNode, Known[]>();
  readonly #rules = new KnownRules();

  /** Compiles a rule set, or takes the one of another message that comes to the same. */
  compile(name: string, node: MapNode, { faults, surroundings, placement }: Setting): CompiledResource {
    const { group, scope } = placement;
    const known = this.#byNode.get(node) ?? [];
    for (const one of known) {
      const isSame = one.name === name && one.segment === scope.segment;
      if (isSame && one.around.isSameIn(surroundings, group)) return { ...one.compiled, placement };
    }
    const around = new Around(surroundings, group);
    const before = faults.list.length;
    const compiled = compileResource(name, node, { faults, around, placement, known: this.#rules });
    // What has a fault is not taken over: its faults belong to each message that it is told about.
    if (faults.list.length > before) return compiled;
    known.push({ name, segment: scope.segment, around, compiled });
    this.#byNode.set(node, known);
    return compiled;
  }
}
