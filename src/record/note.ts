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
  /** How often the value (not the status) has changed, from 1. */
  readonly values?: number;
  /** Where the body says `Patient/<id>`: start and length of the id in UTF-16 units. */
  readonly members?: readonly (readonly [start: number, length: number])[];
  /** Hash of search keys that do not follow from the body alone. */
  readonly keys?: string;
  readonly deleted?: true;
}

/** The note of a row; a row without one was set by nobody known, long ago. */
export function readNote(text: string | undefined): Note {
  return text === undefined ? { row: [0, 0, ''] } : (JSON.parse(text) as Note);
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
  return JSON.stringify(note);
}
