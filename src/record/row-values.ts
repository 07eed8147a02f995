import type { FhirResource } from '../fhir/patch.ts';
import { textOf } from '../store/body.ts';
import type { Row } from '../store/port.ts';
import { parseResource } from './json.ts';
import { readNote, type Note } from './note.ts';

// A row never changes, and several stages of a message look at the same ones: each is taken apart once.

const RESOURCES = new WeakMap<Row, FhirResource>();
const NOTES = new WeakMap<Row, Note>();

/** The resource in a row of `resources` or `history`. */
export function resourceOf(row: Row): FhirResource {
  let resource = RESOURCES.get(row);
  if (resource === undefined) RESOURCES.set(row, (resource = parseResource(textOf(row))));
  return resource;
}

/** The note of a row. */
export function noteOf(row: Row): Note {
  let note = NOTES.get(row);
  if (note === undefined) NOTES.set(row, (note = readNote(row.note)));
  return note;
}

/** Spares taking a row apart that was just written. */
export function rememberNote(row: Row, note: Note): void {
  NOTES.set(row, note);
}

/** Spares taking a row apart that was just written. */
export function rememberResource(row: Row, resource: FhirResource): void {
  RESOURCES.set(row, resource);
}
