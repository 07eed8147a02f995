import { isObject } from '../fhir/json.ts';
import type { FhirResource } from '../fhir/patch.ts';
import { sameJson } from './json.ts';
import type { Note, Stamp } from './note.ts';

/** A resource while news is laid over it. */
interface Work {
  readonly type: string;
  readonly elements: ReadonlyMap<string, unknown>;
}

/** The resource before the news, and who had set what. */
export interface Old {
  readonly before: FhirResource | undefined;
  readonly note: Note | undefined;
}

/** The elements of a type whose past R4 keeps beside them: name of the list and of the element in its entries. */
const PAST: Readonly<Record<string, readonly (readonly [element: string, history: string])[]>> = {
  Encounter: [
    ['status', 'statusHistory'],
    ['class', 'classHistory'],
  ],
};

/**
 * The lists of past states that news makes longer: HL7 v2 says what a stay is now (A06 makes an inpatient of an
 * outpatient), R4 keeps in `Encounter.statusHistory` and `classHistory` what it was until then. An entry begins where the
 * one before it ends, the first with the stay; it ends with the news. A state that was only assumed, and one that the same
 * message corrects, has no past.
 */
export function pastStates(
  work: Work,
  { before, note }: Old,
  stamp: Stamp,
): readonly (readonly [string, readonly unknown[]])[] {
  if (before === undefined || note?.deleted === true) return NONE;
  return (PAST[work.type] ?? NONE).flatMap(([name, history]) => {
    const was = before[name];
    const is = work.elements.get(name);
    if (was === undefined || is === undefined || sameJson(was, is)) return [];
    if (isAssumed(was) || isOfMessage(note?.elements?.[name] ?? note?.row, stamp)) return [];
    const known = work.elements.get(history);
    const past: readonly unknown[] = Array.isArray(known) ? known : [];
    const end = new Date(stamp[0]).toISOString();
    return [[history, [...past, { [name]: was, period: periodOf(past, before['period'], end) }]] as const];
  });
}

const NONE: readonly never[] = [];

/** `unknown` is said of what nobody has told (a stay that is only mentioned). */
const isAssumed = (state: unknown): boolean => state === 'unknown' || (isObject(state) && state['code'] === 'UNK');

const isOfMessage = (old: Stamp | undefined, stamp: Stamp): boolean => old?.[1] === stamp[1] && old[2] === stamp[2];

function periodOf(past: readonly unknown[], stay: unknown, end: string): unknown {
  const last: unknown = past.at(-1);
  const start =
    last === undefined ? boundOf(stay, 'start') : boundOf(isObject(last) ? last['period'] : undefined, 'end');
  // per-1 of R4: a period does not end before it begins.
  return start === undefined || Date.parse(start) > Date.parse(end) ? { end } : { start, end };
}

function boundOf(period: unknown, bound: 'start' | 'end'): string | undefined {
  const value = isObject(period) ? period[bound] : undefined;
  return typeof value === 'string' ? value : undefined;
}
