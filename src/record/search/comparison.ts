import type { RangeTerm } from '../../store/port.ts';

/** Prefixes of ordered values (R4 search.html#prefix). */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** `[low, high)` that a search value covers. */
export interface Asked {
  readonly low: number;
  readonly high: number;
  /** What `ap` widens it to. */
  readonly around: readonly [number, number];
}

type Bounds = Omit<RangeTerm, 'field'>;

/** Takes the prefix off; absent it is `eq`. */
export function readPrefix(text: string): readonly [Prefix, string] {
  const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d+-])/.exec(text);
  const [prefix] = match ?? ['eq'];
  return [isPrefix(prefix) ? prefix : 'eq', match === null ? text : text.slice(2)];
}

function isPrefix(text: string): text is Prefix {
  return text in BOUNDS;
}

/** Any of the bounds must hold for one interval `[low, high)` of the resource. */
const BOUNDS: Readonly<Record<Prefix, (asked: Asked) => readonly Bounds[]>> = {
  eq: ({ low, high }) => [{ lowGe: low, highLe: high }],
  ne: ({ low, high }) => [{ lowGe: low, highLe: high, not: true }],
  gt: ({ high }) => [{ highGt: high }],
  lt: ({ low }) => [{ lowLt: low }],
  ge: ({ low, high }) => [{ highGt: high }, { lowGe: low, highLe: high }],
  le: ({ low, high }) => [{ lowLt: low }, { lowGe: low, highLe: high }],
  sa: ({ high }) => [{ lowGe: high }],
  eb: ({ low }) => [{ highLe: low }],
  ap: ({ around: [low, high] }) => [{ lowLe: high, highGe: low }],
};

/** Ranges that a comparison allows in a field. */
export function rangeTerms(field: string, prefix: Prefix, asked: Asked): readonly RangeTerm[] {
  return BOUNDS[prefix](asked).map((bounds) => ({ field, ...bounds }));
}

/** A term that every row with the field meets. */
export function presenceTerm(field: string): RangeTerm {
  return { field, highGe: -Number.MAX_VALUE };
}

/** Whether one interval meets a comparison. */
export function intervalMeets([low, high]: readonly [number, number], prefix: Prefix, asked: Asked): boolean {
  return BOUNDS[prefix](asked).some((bounds) => {
    const { lowGe = -Infinity, lowLe = Infinity, highLe = Infinity, highGe = -Infinity } = bounds;
    const { lowLt, highGt } = bounds;
    const meets =
      low >= lowGe &&
      low <= lowLe &&
      high <= highLe &&
      high >= highGe &&
      (lowLt === undefined || low < lowLt) &&
      (highGt === undefined || high > highGt);
    return meets !== (bounds.not === true);
  });
}
