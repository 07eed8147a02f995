/** Who set something: event time (UTC milliseconds), journal sequence, source; a trailing 1 marks a stub. */
export type Stamp = readonly [at: number, sequence: number, source: string, stub?: 1];

/** How many entries of a list one unit (`PID-13`, `PID-3|HOSP01|MR`) produced, in list order; `''` holds entries of no unit. */
export interface UnitNote {
  readonly unit: string;
  readonly count: number;
  readonly stamp: Stamp;
}

/**
 * The note of a `resources` or `sources` row: side data that readers of the body never see (DESIGN section 3).
 * An element that is present and not named in `elements` was set by `row`; one that is absent and not named was
 * never set; one that is absent and named was deleted then.
 */
export interface Note {
  /** The newest news in the row. */
  readonly row: Stamp;
  /** Elements whose stamp differs from the row's, by element key (`name`, `value[x]`). */
  readonly elements?: Readonly<Record<string, Stamp>>;
  /** Lists that are filled by units. */
  readonly units?: Readonly<Record<string, readonly UnitNote[]>>;
  /** Namespace of the natural key: whose owner may change what it has set. */
  readonly namespace?: string;
  /** Source that made the resource known, where it is not the row's. */
  readonly creator?: string;
  /** How often the value (not the status) has changed, from 1; absent is 1. */
  readonly values?: number;
  /** Where the body says `Patient/<id>`: start and length of the id in UTF-16 units. */
  readonly members?: readonly (readonly [start: number, length: number])[];
  /** Hash of search keys that do not follow from the body alone. */
  readonly keys?: string;
  readonly deleted?: true;
}

/** A unit as it is stored: its name alone where it has one entry of the row's stamp. */
type StoredUnit = string | readonly [unit: string, count: number, stamp: number];

/**
 * A note as it is stored: every row has one, so each distinct stamp stands once, the row's first, and is named by its
 * index; names are single letters (decision 0008).
 */
interface StoredNote {
  readonly s: readonly Stamp[];
  readonly e?: Readonly<Record<string, number>>;
  readonly u?: Readonly<Record<string, readonly StoredUnit[]>>;
  readonly n?: string;
  readonly c?: string;
  readonly v?: number;
  /** Start, length, start, length, … */
  readonly m?: readonly number[];
  readonly k?: string;
  readonly d?: 1;
}

const UNKNOWN: Stamp = [0, 0, ''];

/** The note of a row; a row without one was set by nobody known, long ago. */
export function readNote(text: string | undefined): Note {
  if (text === undefined) return { row: UNKNOWN };
  const stored = JSON.parse(text) as StoredNote | Note;
  // Rows that were written before decision 0008 hold the note as it is.
  return 'row' in stored ? stored : unpack(stored);
}

/** Source that made a resource known first. */
export function creatorOf(note: Note): string {
  return note.creator ?? note.row[2];
}

/** Every stamp that a note holds: the row's, of single elements, and of units. */
export function stampsOf(note: Note): readonly Stamp[] {
  const units = Object.values(note.units ?? {}).flatMap((list) => list.map((unit) => unit.stamp));
  return [note.row, ...Object.values(note.elements ?? {}), ...units];
}

/** The note as text for a row. */
export function writeNote(note: Note): string {
  const { row, elements, units, namespace, creator, values, members, keys, deleted } = note;
  const stamps = [row];
  const stored: { -readonly [name in keyof StoredNote]: StoredNote[name] } = { s: stamps };
  if (elements !== undefined) stored.e = mapValues(elements, (stamp) => indexOf(stamps, stamp));
  if (units !== undefined) stored.u = mapValues(units, (list) => list.map((unit) => packUnit(stamps, unit)));
  if (namespace !== undefined) stored.n = namespace;
  if (creator !== undefined) stored.c = creator;
  if (values !== undefined && values !== 1) stored.v = values;
  if (members !== undefined && members.length > 0) stored.m = members.flat();
  if (keys !== undefined) stored.k = keys;
  if (deleted === true) stored.d = 1;
  return JSON.stringify(stored);
}

function packUnit(stamps: Stamp[], { unit, count, stamp }: UnitNote): StoredUnit {
  const index = indexOf(stamps, stamp);
  return count === 1 && index === 0 ? unit : [unit, count, index];
}

/** Index of a stamp among those named so far; a new one is added. */
function indexOf(stamps: Stamp[], stamp: Stamp): number {
  const index = stamps.findIndex((one) => sameStamp(one, stamp));
  return index < 0 ? stamps.push(stamp) - 1 : index;
}

/** Whether two stamps are of the same news. */
export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

function unpack(stored: StoredNote): Note {
  const { s, e, u, n, c, v, m, k, d } = stored;
  const stampAt = (index: number): Stamp => s[index] ?? UNKNOWN;
  const note: { -readonly [name in keyof Note]: Note[name] } = { row: stampAt(0) };
  if (e !== undefined) note.elements = mapValues(e, stampAt);
  if (u !== undefined) note.units = mapValues(u, (list) => list.map((unit) => unpackUnit(unit, stampAt)));
  if (n !== undefined) note.namespace = n;
  if (c !== undefined) note.creator = c;
  if (v !== undefined) note.values = v;
  if (m !== undefined) note.members = pairsOf(m);
  if (k !== undefined) note.keys = k;
  if (d === 1) note.deleted = true;
  return note;
}

function unpackUnit(stored: StoredUnit, stampAt: (index: number) => Stamp): UnitNote {
  if (typeof stored === 'string') return { unit: stored, count: 1, stamp: stampAt(0) };
  const [unit, count, index] = stored;
  return { unit, count, stamp: stampAt(index) };
}

function pairsOf(flat: readonly number[]): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? 0, flat[at + 1] ?? 0]);
  return pairs;
}

function mapValues<A, B>(from: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  const to: Record<string, B> = {};
  for (const name in from) {
    const value = from[name];
    if (value !== undefined) to[name] = map(value);
  }
  return to;
}
