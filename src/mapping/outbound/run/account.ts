import { isObject } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';
import type { UnsaidElement } from '../contract.ts';
import { addressOf, type Item } from './item.ts';

/** Elements of every resource that say nothing of their own. */
const FORMAL: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'implicitRules', 'language']);
const DESCRIBING: ReadonlySet<string> = new Set(['system', 'display', 'version', 'userSelected']);

type Fields = Readonly<Record<string, unknown>>;
type Reason = UnsaidElement['reason'];

/** Where a value stands, and the same without positions: `Appointment.participant.status`. */
interface Place {
  readonly path: string;
  readonly plain: string;
}

/**
 * Which elements of the resources in a message were said: the loss account of the way out. It marks objects and the
 * names in them, so that paths are only spelled out for what is told as unsaid.
 */
export class Account {
  readonly #structural: ReadonlySet<string>;
  readonly #used = new Map<FhirResource, string>();
  /** Values that were said whole. */
  readonly #whole = new Set<Fields>();
  /** Names of what was said inside a value: `system`, `given[0]`. */
  readonly #parts = new Map<Fields, Set<string>>();
  readonly #lost = new Map<Fields, Map<string, Reason>>();

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
    const { madeOf, value, reached } = item;
    for (const one of madeOf) this.say(one);
    if (isObject(value)) {
      if (children !== undefined) this.#mark(value, children);
      else if (reached !== undefined) this.#whole.add(value);
    } else if (reached !== undefined && isObject(reached.from.value)) {
      this.#mark(reached.from.value, [keyOf(reached.name, reached.index)]);
    }
  }

  #mark(holder: Fields, names: readonly string[]): void {
    const known = this.#parts.get(holder);
    if (known === undefined) this.#parts.set(holder, new Set(names));
    else for (const name of names) known.add(name);
  }

  lose(item: Item, reason: Reason): void {
    const { madeOf, reached } = item;
    for (const one of madeOf) this.lose(one, reason);
    if (reached === undefined || !isObject(reached.from.value)) return;
    const key = keyOf(reached.name, reached.index);
    const known = this.#lost.get(reached.from.value);
    if (known === undefined) this.#lost.set(reached.from.value, new Map([[key, reason]]));
    else known.set(key, reason);
  }

  /** Every populated leaf of the used resources that was not said. */
  unsaid(): readonly UnsaidElement[] {
    const list: UnsaidElement[] = [];
    const addresses = new Set(this.#used.values());
    for (const [resource, path] of this.#used) {
      const marks = this.#parts.get(resource);
      const place = { path, plain: resource.resourceType };
      for (const name in resource) {
        if (marks?.has(name) !== true && !FORMAL.has(name)) this.#collect(resource, name, place, { list, addresses });
      }
    }
    return list;
  }

  /** Looks at one element, each entry of it where it is a list. */
  #collect(holder: Fields, name: string, place: Place, to: Collecting): void {
    const value = holder[name];
    if (!Array.isArray(value)) {
      this.#collectValue(holder, { name, index: -1, value }, place, to);
      return;
    }
    const marks = this.#parts.get(holder);
    value.forEach((one: unknown, index) => {
      if (marks?.has(keyOf(name, index)) !== true) this.#collectValue(holder, { name, index, value: one }, place, to);
    });
  }

  #collectValue(holder: Fields, { name, index, value }: Value, place: Place, to: Collecting): void {
    if (isObject(value) && this.#whole.has(value)) return;
    const key = keyOf(name, index);
    const inner = { path: `${place.path}.${key}`, plain: `${place.plain}.${name}` };
    if (this.#structural.has(inner.plain)) return;
    const reason = this.#lost.get(holder)?.get(key);
    if (reason !== undefined) to.list.push({ path: inner.path, reason });
    else if (isObject(value)) this.#collectObject(value, inner, to);
    else to.list.push({ path: inner.path, reason: 'not-mapped' });
  }

  #collectObject(value: Fields, place: Place, to: Collecting): void {
    // What points at a resource of this message is said by both being in it.
    if (pointsInside(value, to.addresses)) return;
    const marks = this.#parts.get(value);
    for (const name in value) {
      if (marks?.has(name) === true || this.#isDescription(name, value, marks)) continue;
      if (name !== 'url' || !place.plain.endsWith('xtension')) this.#collect(value, name, place, to);
    }
  }

  /** True for what only describes something that is said: the system and name of a code, the text of a concept. */
  #isDescription(name: string, value: Fields, marks: ReadonlySet<string> | undefined): boolean {
    if (DESCRIBING.has(name)) return marks?.has('code') === true;
    const { coding } = value;
    return name === 'text' && Array.isArray(coding) && coding.some((one, index) => this.#saysCode(one, index, marks));
  }

  #saysCode(coding: unknown, index: number, marks: ReadonlySet<string> | undefined): boolean {
    if (!isObject(coding)) return false;
    return (
      this.#whole.has(coding) ||
      this.#parts.get(coding)?.has('code') === true ||
      marks?.has(`coding[${index}]`) === true
    );
  }
}

/** One value of an element. */
interface Value {
  readonly name: string;
  readonly index: number;
  readonly value: unknown;
}

interface Collecting {
  readonly list: UnsaidElement[];
  /** Addresses of the resources in the message. */
  readonly addresses: ReadonlySet<string>;
}

const keyOf = (name: string, index: number): string => (index < 0 ? name : `${name}[${index}]`);

function pointsInside({ reference }: Fields, addresses: ReadonlySet<string>): boolean {
  if (typeof reference !== 'string') return false;
  return addresses.has(reference) || addresses.has(reference.split('/').slice(-2).join('/'));
}
