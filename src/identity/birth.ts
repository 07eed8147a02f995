import { isPlaceholderDate } from './placeholders.ts';

/** A birth date with how much of it is known. */
export interface BirthCopy {
  /** `YYYY-MM-DD`, or `YYYY` where only the year is to be believed. */
  readonly date: string;
  readonly precision: 'day' | 'year';
}

/** How two birth dates agree. */
export type BirthLevel = 'equal' | 'year' | 'one-edit' | 'part' | 'different' | 'missing';

/**
 * The birth date to match by. The first of January is what systems write for a known year or age, so it counts as the
 * year alone, unless the resident ID states the day; a placeholder counts as nothing.
 * @param fromId birth date that a valid resident ID states
 */
export function birthOf(raw: unknown, fromId: string | undefined): BirthCopy | undefined {
  const day: BirthCopy | undefined = fromId === undefined ? undefined : { date: fromId, precision: 'day' };
  if (typeof raw !== 'string' || isPlaceholderDate(raw)) return day;
  const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(raw);
  if (match?.[1] === undefined) return day;
  const [, year, month, date] = match;
  if (date !== undefined && month !== undefined && `${month}-${date}` !== '01-01') {
    return { date: `${year}-${month}-${date}`, precision: 'day' };
  }
  return day?.date.startsWith(year) === true ? day : (day ?? { date: year, precision: 'year' });
}

/** Compares two birth dates, years within one where only a year is known. */
export function compareBirths(a: BirthCopy | undefined, b: BirthCopy | undefined): BirthLevel {
  if (a === undefined || b === undefined) return 'missing';
  const years = Math.abs(Number(a.date.slice(0, 4)) - Number(b.date.slice(0, 4)));
  if (a.precision === 'year' || b.precision === 'year') return years <= 1 ? 'year' : 'different';
  if (a.date === b.date) return 'equal';
  if (isOneEdit(a.date.replaceAll('-', ''), b.date.replaceAll('-', ''))) return 'one-edit';
  return years === 0 || a.date.slice(5) === b.date.slice(5) ? 'part' : 'different';
}

/** One digit wrong, two neighbours swapped, or day and month swapped. */
function isOneEdit(a: string, b: string): boolean {
  const wrong = Array.from(a, (_, index) => index).filter((index) => a[index] !== b[index]);
  const [first, second] = wrong;
  if (first === undefined || wrong.length === 1) return true;
  if (a.slice(0, 4) === b.slice(0, 4) && a.slice(4, 6) === b.slice(6) && a.slice(6) === b.slice(4, 6)) return true;
  return wrong.length === 2 && second === first + 1 && a[first] === b[second] && a[second] === b[first];
}
