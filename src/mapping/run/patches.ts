import { stringifyFhir } from '../../fhir/json.ts';
import type { ElementNews, NaturalKey, ResourcePatch } from '../../fhir/patch.ts';
import type { StubResource } from '../convert/converting.ts';

interface Draft {
  readonly type: string;
  readonly id: string;
  readonly key?: NaturalKey;
  readonly elements: Record<string, ElementNews>;
  readonly stub?: true;
  settled?: readonly string[];
}

/** The resource that a patch is of. */
interface Named {
  readonly type: string;
  readonly id: string;
  readonly key: NaturalKey | undefined;
}

function draftOf({ type, id, key }: Named, elements: Record<string, ElementNews>, stub: boolean): Draft {
  if (key === undefined) return stub ? { type, id, elements, stub } : { type, id, elements };
  return stub ? { type, id, key, elements, stub } : { type, id, key, elements };
}

/** The patches of one message, by id, which is of one type only; what is said twice about one resource is said once. */
export class Patches {
  readonly #full = new Map<string, Draft>();
  readonly #stubs = new Map<string, Draft>();

  /**
   * Adds what a rule set made; a later one adds only what the first did not say, and its units. The elements are the
   * patch's from then on.
   */
  add(named: Named, elements: Record<string, ElementNews>, stub: boolean): void {
    const map = stub ? this.#stubs : this.#full;
    const known = map.get(named.id);
    if (known === undefined) {
      map.set(named.id, draftOf(named, elements, stub));
      return;
    }
    for (const name in elements) {
      const news = elements[name];
      if (news !== undefined) known.elements[name] = combine(known.elements[name], news);
    }
  }

  /** Names of elements that a rule set would say otherwise than it has said them before, in full. */
  otherwise(id: string, elements: Readonly<Record<string, ElementNews>>): readonly string[] {
    const known = this.#full.get(id)?.elements;
    if (known === undefined) return [];
    return Object.keys(elements).filter((name) => known[name] !== undefined && !isEqual(known[name], elements[name]));
  }

  /** Whether a resource was made or mentioned. */
  holds(id: string): boolean {
    return this.#full.has(id) || this.#stubs.has(id);
  }

  /** Notes units of the extensions of a resource that the message settles ({@link ResourcePatch}). */
  settle(id: string, units: readonly string[]): void {
    const known = this.#full.get(id);
    if (known !== undefined) known.settled = known.settled === undefined ? units : [...known.settled, ...units];
  }

  /** Adds extensions by unit to a resource that was made, behind those that it has. */
  extend(id: string, units: Readonly<Record<string, readonly unknown[]>>): void {
    const known = this.#full.get(id) ?? this.#stubs.get(id);
    if (known === undefined) return;
    known.elements['extension'] = { kind: 'entries', units: { ...unitsOf(known.elements['extension']), ...units } };
  }

  /** Makes a reference target known. */
  addStub(resource: StubResource, id: string): void {
    if (this.#stubs.has(id)) return;
    const elements: Record<string, ElementNews> = {};
    for (const name in resource.elements) elements[name] = { kind: 'value', value: resource.elements[name] };
    this.#stubs.set(id, { type: resource.type, id, key: resource.key, elements, stub: true });
  }

  /** Tells more about a reference target; what was told before stays. */
  completeStub(id: string, elements: Readonly<Record<string, unknown>>): void {
    const stub = this.#stubs.get(id);
    for (const name in elements) {
      if (stub !== undefined && stub.elements[name] === undefined) {
        stub.elements[name] = { kind: 'value', value: elements[name] };
      }
    }
  }

  /** Reference targets first, then what the message is about. */
  all(): readonly ResourcePatch[] {
    return [...this.#stubs.values(), ...this.#full.values()];
  }
}

const isEqual = (one: unknown, other: unknown): boolean => stringifyFhir(one) === stringifyFhir(other);

function combine(first: ElementNews | undefined, second: ElementNews): ElementNews {
  if (first === undefined) return second;
  if (first.kind !== 'entries' || second.kind !== 'entries') return first;
  return { kind: 'entries', units: { ...second.units, ...first.units } };
}

/** A list as units; what a single rule gave has no unit. */
function unitsOf(news: ElementNews | undefined): Readonly<Record<string, readonly unknown[]>> {
  if (news === undefined) return {};
  if (news.kind === 'entries') return news.units;
  return { '': news.kind === 'value' && Array.isArray(news.value) ? news.value : [] };
}
