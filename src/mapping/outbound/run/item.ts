import { isObject } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';

/** How a value was reached from the one that holds it. */
interface Reached {
  readonly from: Item;
  readonly name: string;
  /** Position in a list, from 0; -1 for a single element. */
  readonly index: number;
}

/** One value on its way into a field: a resource, an element of one, or what a function made of elements. */
export class Item {
  /** FHIR type: `Patient`, `HumanName`, `Appointment.participant`, `code`; `literal` for what stands in the mapping. */
  readonly type: string;
  readonly value: unknown;
  readonly reached: Reached | undefined;
  /** The elements that a function made it of. */
  readonly madeOf: readonly Item[];

  constructor(type: string, value: unknown, reached?: Reached, madeOf: readonly Item[] = NONE) {
    this.type = type;
    this.value = value;
    this.reached = reached;
    this.madeOf = madeOf;
  }

  /** The same place with another value: what a function made of it. */
  made(type: string, value: unknown): Item {
    return new Item(type, value, undefined, [this]);
  }
}

const NONE: readonly Item[] = [];

/** `Patient/1`; the type alone where a resource has no id yet. */
export function addressOf({ id, resourceType }: FhirResource): string {
  return typeof id === 'string' ? `${resourceType}/${id}` : resourceType;
}

/** True for a resource as JSON. */
export function isResource(value: unknown): value is FhirResource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

/** The resource that holds a value; undefined for what is in none. */
export function holderOf(item: Item): FhirResource | undefined {
  let at = item;
  while (at.reached !== undefined) at = at.reached.from;
  return isResource(at.value) ? at.value : undefined;
}

/** Where the elements stand that a value was made of; none for a constant. */
export function elementsOf(item: Item): readonly string[] {
  if (item.madeOf.length > 0) return item.madeOf.flatMap(elementsOf);
  const path = pathOf(item);
  return path === '' ? [] : [path];
}

/** Where a value stands: `Patient/1.name[0].family`. */
export function pathOf({ reached, value }: Item): string {
  if (reached === undefined) return isResource(value) ? addressOf(value) : '';
  const place = reached.index < 0 ? reached.name : `${reached.name}[${reached.index}]`;
  return `${pathOf(reached.from)}.${place}`;
}
