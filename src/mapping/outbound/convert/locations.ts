import type { FhirResource } from '../../../fhir/patch.ts';
import type { RepetitionValue } from '../../../hl7/write-message.ts';
import { Item } from '../run/item.ts';
import type { Run } from '../run/run.ts';
import { fieldsOf, objectsOf, parts, textOf } from './converter.ts';
import { numberOf } from './identifiers.ts';

/** Components of PL by the physical type of a place (table location-physical-type). */
const COMPONENTS: Readonly<Record<string, number>> = { bu: 7, lvl: 8, wa: 1, ro: 2, bd: 3 };
/** Components in the order in which the key of a place names them. */
const KEY_ORDER = [7, 8, 1, 2, 3];
const FACILITY = 4;
const DESCRIPTION = 9;
/** A place in a place in a place: more levels than PL has are a circle. */
const DEEPEST = 6;

type Levels = Map<number, string | readonly string[]>;

function physicalType(location: FhirResource): string {
  return textOf(objectsOf(fieldsOf(location['physicalType'])['coding'])[0]?.['code']);
}

/** The levels that the number of a place names one by one: `B1^3^W1^12^2` from the building to the bed. */
function fromKey(value: string, levels: Levels): void {
  value.split('^').forEach((text, index) => {
    const component = KEY_ORDER[index];
    if (component !== undefined && text !== '') levels.set(component, text);
  });
}

function outer(location: FhirResource, run: Run): FhirResource | undefined {
  const holder = new Item(location.resourceType, location);
  const partOf = new Item('Reference', location['partOf'], { from: holder, name: 'partOf', index: -1 });
  return location['partOf'] === undefined ? undefined : run.follow(partOf);
}

/** The levels that a place and those around it are. */
function collect(location: FhirResource, levels: Levels, run: Run): void {
  let at: FhirResource | undefined = location;
  for (let depth = 0; at !== undefined && depth < DEEPEST; depth += 1) {
    run.account.mention(at);
    run.account.say(new Item(at.resourceType, at), SAID);
    const { value, authority } = numberOf(objectsOf(at['identifier'])[0], run);
    const name = value === '' ? textOf(at['name']) : value;
    const component = COMPONENTS[physicalType(at)];
    if (value.includes('^')) fromKey(value, levels);
    else if (component !== undefined) setFirst(levels, component, name);
    else if (depth === 0 && !isCalledAfter(at, name, authority)) setFirst(levels, 1, name);
    if (authority.length > 0) setFirst(levels, FACILITY, authority);
    at = outer(at, run);
  }
}

/** True where a place has no levels of its own: its number repeats its description or its facility. */
function isCalledAfter(location: FhirResource, name: string, authority: readonly string[]): boolean {
  return name === textOf(location['description']) || authority.includes(name);
}

function setFirst(levels: Levels, component: number, value: string | readonly string[]): void {
  if (!levels.has(component)) levels.set(component, value);
}

const lineOf = (levels: Levels): string => KEY_ORDER.flatMap((component) => levels.get(component) ?? []).join(' ');

const SAID = ['identifier[0]', 'name', 'mode', 'physicalType', 'description', 'partOf'];

/** Location to PL: its own level and those of the places around it. */
export function locationPl(location: FhirResource, run: Run): RepetitionValue | undefined {
  const levels: Levels = new Map();
  collect(location, levels, run);
  const description = textOf(location['description']);
  // The names of its levels in one line are no description of their own.
  if (description !== '' && description !== lineOf(levels)) levels.set(DESCRIPTION, description);
  return parts(...Array.from({ length: DESCRIPTION }, (_, index) => levels.get(index + 1) ?? ''));
}
