import type { Cell } from '../run/cell.ts';
import { compact, type Converter, type Converting } from './converting.ts';
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

/** What it lies in, by that place's own identifier: it is made known where a message names it. */
function partOf(levels: readonly string[], facility: string, namespace: string): unknown {
  const smallest = levels.findLastIndex((text) => text !== '');
  const outer = levels.map((text, index) => (index < smallest ? text : ''));
  const value = valueOf(outer) || facility;
  if (smallest < 0 || value === '') return undefined;
  return { identifier: { system: systemOf(namespace), value }, display: nameOf(outer) || facility };
}

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

function physicalTypeOf(levels: readonly string[], layout: Layout): unknown {
  // What has no part that is smaller is a site.
  const code = layout.levels[levels.findLastIndex((text) => text !== '')]?.[1] ?? 'si';
  return { coding: [{ system: PHYSICAL_TYPES, code }] };
}

function locationOf(cell: Cell, layout: Layout, to: Converting): unknown {
  const levels = levelsOf(cell, layout);
  const facility = facilityOf(cell, layout);
  const isFull = layout === PL && cell.count >= 9;
  const description = isFull ? cell.part(9) : '';
  const name = nameOf(levels) || description || facility;
  if (name === '') return undefined;
  const namespace = to.namespace(facility, 'Location');
  const value = valueOf(levels) || name;
  const own = { system: systemOf(namespace), value };
  const elements = compact({
    identifier: [own, isFull ? comprehensive(cell, to) : undefined].filter((one) => one !== undefined),
    mode: 'instance',
    name,
    description,
    physicalType: name === description ? undefined : physicalTypeOf(levels, layout),
    partOf: partOf(levels, facility, namespace),
  });
  return refer({ type: 'Location', value, namespace, display: name }, elements, to);
}

/** PL to a reference to a Location: one for each combination of facility, building, floor, point of care, room and bed. */
export const toLocation: Converter = (cell, to) => locationOf(cell, PL, to);

/** NDL to a reference to the Location that it names. */
export const activityLocation = (cell: Cell, to: Converting): unknown => locationOf(cell, NDL, to);
