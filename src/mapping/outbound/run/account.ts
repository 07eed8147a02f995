import { isObject, listOf } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';
import type { UnsaidElement } from '../contract.ts';
import { addressOf, pathOf, type Item } from './item.ts';

/** Elements of every resource that say nothing of their own. */
const FORMAL: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'implicitRules', 'language']);

/** Which elements of the resources in a message were said: the loss account of the way out. */
export class Account {
  readonly #structural: ReadonlySet<string>;
  readonly #used = new Map<FhirResource, string>();
  readonly #said = new Set<string>();
  readonly #lost = new Map<string, UnsaidElement['reason']>();

  constructor(structural: ReadonlySet<string>) {
    this.#structural = structural;
  }

  /** The resource is in this message. */
  use(resource: FhirResource): void {
    if (!this.#used.has(resource)) this.#used.set(resource, addressOf(resource));
  }

  isUsed(resource: FhirResource): boolean {
    return this.#used.has(resource);
  }

  /** The value is in a field; of a composite value only these children, where they are named. */
  say(item: Item, children?: readonly string[]): void {
    if (item.madeOf.length > 0) {
      for (const one of item.madeOf) this.say(one);
      return;
    }
    const path = pathOf(item);
    if (path === '') return;
    if (children === undefined || !isObject(item.value)) this.#said.add(path);
    else for (const child of children) this.#said.add(`${path}.${child}`);
  }

  lose(item: Item, reason: UnsaidElement['reason']): void {
    for (const one of item.madeOf) this.lose(one, reason);
    if (item.madeOf.length === 0) this.#lost.set(pathOf(item), reason);
  }

  /** Every populated leaf of the used resources that was not said. */
  unsaid(): readonly UnsaidElement[] {
    const list: UnsaidElement[] = [];
    for (const [resource, address] of this.#used) {
      const place = { path: address, plain: resource.resourceType };
      for (const [name, value] of Object.entries(resource)) {
        if (!FORMAL.has(name)) this.#collect(value, inside(place, name), list);
      }
    }
    return list;
  }

  #collect(value: unknown, place: Place, list: UnsaidElement[]): void {
    const { path, plain } = place;
    if (this.#said.has(path) || this.#structural.has(plain)) return;
    const reason = this.#lost.get(path);
    if (reason !== undefined) {
      list.push({ path, reason });
    } else if (Array.isArray(value)) {
      value.forEach((one, index) => {
        this.#collect(one, { path: `${path}[${index}]`, plain }, list);
      });
    } else if (isObject(value)) {
      this.#collectObject(value, place, list);
    } else {
      list.push({ path, reason: 'not-mapped' });
    }
  }

  #collectObject(value: Readonly<Record<string, unknown>>, place: Place, list: UnsaidElement[]): void {
    // What points at a resource of this message is said by both being in it.
    if (this.#pointsInside(value)) return;
    for (const [name, part] of Object.entries(value)) {
      if (!this.#isDescription(name, value, place)) this.#collect(part, inside(place, name), list);
    }
  }

  /** True for what only describes something that is said: which extension it is, the system and name of a code. */
  #isDescription(name: string, value: Readonly<Record<string, unknown>>, { path, plain }: Place): boolean {
    if (name === 'url') return plain.endsWith('xtension');
    if (DESCRIBING.has(name) && this.#said.has(`${path}.code`)) return true;
    return name === 'text' && listOf(value['coding']).some((_, index) => this.#saysCode(`${path}.coding[${index}]`));
  }

  #saysCode(coding: string): boolean {
    return this.#said.has(coding) || this.#said.has(`${coding}.code`);
  }

  #pointsInside({ reference }: Readonly<Record<string, unknown>>): boolean {
    if (typeof reference !== 'string') return false;
    const plain = reference.split('/').slice(-2).join('/');
    for (const address of this.#used.values()) if (address === plain) return true;
    return false;
  }
}

/** Where a value stands, and the same without positions: `Appointment.participant.status`. */
interface Place {
  readonly path: string;
  readonly plain: string;
}

const inside = ({ path, plain }: Place, name: string): Place => ({
  path: `${path}.${name}`,
  plain: `${plain}.${name}`,
});

const DESCRIBING: ReadonlySet<string> = new Set(['system', 'display', 'version', 'userSelected']);
