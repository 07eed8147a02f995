import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
import { universalId } from './facilities.ts';
import { systemOf } from './identifiers.ts';
import { refer } from './refer.ts';

/** Where the parts of a place stand in its type, from the building down to the bed, with their physical types. */
interface Layout {
  readonly levels: readonly (readonly [component: number, physicalType: string])[];
  readonly facility: number;
}

const PL: Layout = {
  levels: [
    [7, 'bu'],
    [8, 'lvl'],
    [1, 'wa'],
    [2, 'ro'],
    [3, 'bd'],
  ],
  facility: 4,
};

const NDL: Layout = {
  levels: [
    [10, 'bu'],
    [11, 'lvl'],
    [4, 'wa'],
    [5, 'ro'],
    [6, 'bd'],
  ],
  facility: 7,
};

const PHYSICAL_TYPES = 'http://terminology.hl7.org/CodeSystem/location-physical-type';

/** Names of a place's parts, `''` where one is not said. A part is an HD: its name, else its universal id. */
function levelsOf(cell: Cell, { levels }: Layout): readonly string[] {
  return levels.map(([component]) => cell.part(component) || cell.part(component, 2));
}

const facilityOf = (cell: Cell, { facility }: Layout): string => cell.part(facility) || cell.part(facility, 2);

/** One value for all levels of a place. */
const valueOf = (levels: readonly string[]): string => levels.join('^').replace(/\^+$/u, '');
const nameOf = (levels: readonly string[]): string => levels.filter((text) => text !== '').join(' ');

/** What a place is called: by its facility, and in it by building, floor, point of care, room and bed; value is empty where nothing is said. */
export function placeName(cell: Cell, to: Converting): { readonly namespace: string; readonly value: string } {
  const facility = facilityOf(cell, PL);
  const value = valueOf(levelsOf(cell, PL)) || cell.part(9) || facility;
  return { namespace: to.namespace(facility, 'Location'), value };
}

/** PL to the Identifier of the Location that references to it mean. */
export const placeIdentifier: Converter = (cell, to) => {
  const { namespace, value } = placeName(cell, to);
  return value === '' ? undefined : { system: systemOf(namespace), value };
};

/** PL as a person reads it: from the building down to the bed, else its description, else its facility. */
export const placeToText: Converter = (cell) =>
  nameOf(levelsOf(cell, PL)) || cell.part(9) || facilityOf(cell, PL) || undefined;

/** PL-10, who gave it PL-11. */
function comprehensive(cell: Cell, to: Converting): unknown {
  const value = cell.part(10);
  if (value === '') return undefined;
  const assigner = cell.part(11) || cell.part(11, 2);
  const authority = cell.part(10, 2) || cell.part(10, 3) || assigner;
  return compact({
    system: systemOf(to.namespace(authority, 'Location'), cell.part(10, 3), cell.part(10, 4)),
    value,
    assigner: assigner === '' ? undefined : { display: assigner },
  });
}

/** A place as its levels and its facility name it. */
interface Place {
  readonly levels: readonly string[];
  readonly facility: string;
  readonly namespace: string;
  readonly layout: Layout;
  /** Universal ids of the levels, and of the facility behind them. */
  readonly ids: readonly (readonly unknown[])[];
}

/** What the message says of a place beside its levels. */
interface More {
  readonly identifiers: readonly unknown[];
  readonly description: string;
}

const NO_MORE: More = { identifiers: [], description: '' };

const NO_IDS: readonly (readonly unknown[])[] = [];

/** Where a part is a whole HD, its universal id is a second number of that level (guide, HD[Identifier]), unless it is its name. */
function universalIds(cell: Cell, { levels, facility }: Layout, namespace: string): Place['ids'] {
  const parts = [...levels.map(([component]) => component), facility];
  if (!parts.some((component) => cell.isDivided(component))) return NO_IDS;
  return parts.map((component) =>
    cell.isDivided(component) && cell.part(component) !== '' ? universalId(cell.at(component, 'HD'), namespace) : [],
  );
}

/**
 * A reference to a place, which is made known with what it lies in: each level is a Location of its own (guide,
 * PL[Location]), called by its own name and described by all of them. Undefined where nothing is said.
 */
function knownPlace(place: Place, more: More, to: Converting): unknown {
  const { levels, facility, namespace } = place;
  const path = nameOf(levels);
  const display = path || more.description || facility;
  if (display === '') return undefined;
  const smallest = levels.findLastIndex((text) => text !== '');
  const value = valueOf(levels) || display;
  const own = { system: systemOf(namespace), value };
  const name = levels[smallest] ?? display;
  const elements =
    path === '' && more.description !== ''
      ? // No level of a building: a place that can only be described.
        { identifier: [own, ...more.identifiers], partOf: aroundOf(place, 0, to) }
      : {
          identifier: [own, ...(place.ids.at(smallest) ?? []), ...more.identifiers],
          physicalType: physicalTypeOf(place, smallest),
          partOf: aroundOf(place, smallest, to),
        };
  const description = more.description || (path === name ? '' : path);
  const all = compact({ ...elements, mode: 'instance', name, description });
  return refer({ type: 'Location', value, namespace, display }, all, to);
}

/** What has no part that is smaller is a site. */
function physicalTypeOf({ layout }: Place, smallest: number): unknown {
  return { coding: [{ system: PHYSICAL_TYPES, code: layout.levels[smallest]?.[1] ?? 'si' }] };
}

/** The next larger place that is named, the facility in the end; nothing is around a facility. */
function aroundOf(place: Place, smallest: number, to: Converting): unknown {
  if (smallest < 0) return undefined;
  const levels = place.levels.map((text, index) => (index < smallest ? text : ''));
  return knownPlace({ ...place, levels }, NO_MORE, to);
}

function locationOf(cell: Cell, layout: Layout, to: Converting): unknown {
  const facility = facilityOf(cell, layout);
  const isFull = layout === PL && cell.count >= 9;
  const known = isFull ? comprehensive(cell, to) : undefined;
  const namespace = to.namespace(facility, 'Location');
  return knownPlace(
    { levels: levelsOf(cell, layout), facility, namespace, layout, ids: universalIds(cell, layout, namespace) },
    { identifiers: known === undefined ? [] : [known], description: isFull ? cell.part(9) : '' },
    to,
  );
}

/** PL to a reference to a Location: one for each combination of facility, building, floor, point of care, room and bed. */
export const toLocation: Converter = (cell, to) => locationOf(cell, PL, to);

/** NDL to a reference to the Location that it names. */
export const activityLocation = (cell: Cell, to: Converting): unknown => locationOf(cell, NDL, to);
