import { isObject } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';
import type { UnsaidElement } from '../contract.ts';
import { addressOf, isResource, type Item } from './item.ts';

/** Elements of every resource that say nothing of their own. */
const FORMAL: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'implicitRules', 'language']);
const DESCRIBING: ReadonlySet<string> = new Set(['system', 'display', 'version', 'userSelected']);

type Fields = Readonly<Record<string, unknown>>;
type Reason = UnsaidElement['reason'];

/** What is known of one place of a resource; places inside it by their names (`system`, `given[0]`). */
interface Mark {
  /** The value there was said whole. */
  said: boolean;
  lost: Reason | undefined;
  readonly inside: Map<string, Mark>;
}

const newMark = (): Mark => ({ said: false, lost: undefined, inside: new Map() });

function inside(mark: Mark, key: string): Mark {
  let found = mark.inside.get(key);
  if (found === undefined) mark.inside.set(key, (found = newMark()));
  return found;
}

const keyOf = (name: string, index: number): string => (index < 0 ? name : `${name}[${index}]`);

/** A value that is looked at: where it stands, that without positions (`Appointment.participant.status`), what is known. */
interface Place {
  readonly path: string;
  readonly plain: string;
  readonly mark: Mark | undefined;
}

/**
 * Which elements of the resources in a message were said: the loss account of the way out. Places are marked, not
 * values: mappings use one object in many places.
 */
export class Account {
  readonly #structural: ReadonlySet<string>;
  readonly #used = new Set<FhirResource>();
  readonly #marks = new Map<FhirResource, Mark>();
  readonly #subjects = new Set<FhirResource>();
  readonly #find: (reference: string) => FhirResource | undefined;

  /** @param find the resource that a reference points at */
  constructor(structural: ReadonlySet<string>, find: (reference: string) => FhirResource | undefined) {
    this.#structural = structural;
    this.#find = find;
  }

  /** A segment or group is about the resource. */
  use(resource: FhirResource): void {
    this.mention(resource);
    this.#subjects.add(resource);
  }

  /** A field names the resource (a doctor, a place). */
  mention(resource: FhirResource): void {
    this.#used.add(resource);
  }

  isUsed(resource: FhirResource): boolean {
    return this.#used.has(resource);
  }

  /** The value is in a field; of a composite value only these children, where they are named. */
  say(item: Item, children?: readonly string[]): void {
    for (const one of item.madeOf) this.say(one);
    const mark = this.#markOf(item);
    if (mark === undefined) return;
    if (children === undefined || !isObject(item.value)) mark.said = item.reached !== undefined;
    else for (const child of children) inside(mark, child).said = true;
  }

  /** A rule read the value, but it cannot be written. */
  lose(item: Item, reason: Reason): void {
    for (const one of item.madeOf) this.lose(one, reason);
    const mark = this.#markOf(item);
    if (mark !== undefined) mark.lost = reason;
  }

  #markOf({ reached, value }: Item): Mark | undefined {
    if (reached === undefined) return isResource(value) ? this.#rootOf(value) : undefined;
    const holder = this.#markOf(reached.from);
    return holder === undefined ? undefined : inside(holder, keyOf(reached.name, reached.index));
  }

  #rootOf(resource: FhirResource): Mark {
    let mark = this.#marks.get(resource);
    if (mark === undefined) this.#marks.set(resource, (mark = newMark()));
    return mark;
  }

  /** Every populated leaf of the resources in the message that was not said. */
  unsaid(): readonly UnsaidElement[] {
    const list: UnsaidElement[] = [];
    for (const resource of this.#used) {
      const mark = this.#marks.get(resource);
      const place = { path: addressOf(resource), plain: resource.resourceType, mark };
      for (const name in resource) if (!FORMAL.has(name)) this.#collect(resource[name], name, place, list);
    }
    return list;
  }

  /** Looks at one element, each entry of it where it is a list. */
  #collect(value: unknown, name: string, holder: Place, list: UnsaidElement[]): void {
    // A converter says all entries of a child (`given`) by its name.
    if (holder.mark?.inside.get(name)?.said === true) return;
    if (!Array.isArray(value)) {
      this.#collectValue(value, keyOf(name, -1), name, { holder, list });
      return;
    }
    value.forEach((one: unknown, index) => {
      this.#collectValue(one, keyOf(name, index), name, { holder, list });
    });
  }

  #collectValue(value: unknown, key: string, name: string, { holder, list }: Collecting): void {
    const mark = holder.mark?.inside.get(key);
    if (mark?.said === true) return;
    const place = { path: `${holder.path}.${key}`, plain: `${holder.plain}.${name}`, mark };
    if (this.#structural.has(place.plain)) return;
    if (mark?.lost !== undefined) list.push({ path: place.path, reason: mark.lost });
    else if (isObject(value)) this.#collectObject(value, place, list);
    else list.push({ path: place.path, reason: 'not-mapped' });
  }

  #collectObject(value: Fields, place: Place, list: UnsaidElement[]): void {
    // What points at a resource that the message is about is said by both being in it.
    if (this.#pointsAtSubject(value)) return;
    for (const name in value) {
      if (!isDescription(name, value, place)) this.#collect(value[name], name, place, list);
    }
  }

  #pointsAtSubject({ reference }: Fields): boolean {
    if (typeof reference !== 'string') return false;
    const found = this.#find(reference);
    return found !== undefined && this.#subjects.has(found);
  }
}

interface Collecting {
  readonly holder: Place;
  readonly list: UnsaidElement[];
}

/** True for what only describes something that is said: which extension it is, the system and name of a code. */
function isDescription(name: string, value: Fields, { mark, plain }: Place): boolean {
  if (name === 'url') return plain.endsWith('xtension');
  if (DESCRIBING.has(name)) return mark?.inside.get('code')?.said === true;
  const { coding } = value;
  return name === 'text' && Array.isArray(coding) && coding.some((_, index) => saysCoding(mark, index));
}

function saysCoding(concept: Mark | undefined, index: number): boolean {
  const mark = concept?.inside.get(`coding[${index}]`);
  return mark !== undefined && (mark.said || mark.inside.get('code')?.said === true);
}
