import { sameJson } from './json.ts';
import type { Stamp, UnitNote } from './note.ts';

/** The units of a stored list; a list that no unit filled belongs to the unit `''`. */
export function unitsOf(
  stored: unknown,
  units: readonly UnitNote[] | undefined,
  stamp: Stamp | undefined,
): readonly UnitNote[] {
  if (units !== undefined) return units;
  if (Array.isArray(stored) && stored.length > 0)
    return [{ unit: '', count: stored.length, stamp: stamp ?? [0, 0, ''] }];
  return stamp === undefined ? [] : [{ unit: '', count: 0, stamp }];
}

/**
 * Replaces the entries of the units that the news names, where it may; other units keep theirs.
 * A deleted list (unit `''` with no entries) is judged like a unit of that name would be.
 */
export function mergeUnits(
  stored: unknown,
  units: readonly UnitNote[],
  news: Readonly<Record<string, readonly unknown[]>>,
  judge: { readonly stamp: Stamp; readonly allowed: (old: Stamp | undefined) => boolean },
): { readonly list: readonly unknown[]; readonly units: readonly UnitNote[] } {
  const parts = split(stored, units);
  const whole = parts.find((part) => part.unit === '');
  for (const [unit, entries] of Object.entries(news)) {
    const part = parts.find((one) => one.unit === unit);
    const before = part?.stamp ?? (whole?.entries.length === 0 ? whole.stamp : undefined);
    if (!judge.allowed(before)) continue;
    if (part === undefined) parts.push({ unit, entries, stamp: judge.stamp });
    else {
      part.entries = entries;
      part.stamp = judge.stamp;
    }
    if (whole !== undefined && unit !== '') {
      whole.entries = whole.entries.filter((old) => !entries.some((entry) => sameJson(old, entry)));
    }
  }
  return {
    list: parts.flatMap((part) => part.entries),
    units: parts.map(({ unit, entries, stamp }) => ({ unit, count: entries.length, stamp })),
  };
}

interface Part {
  readonly unit: string;
  entries: readonly unknown[];
  stamp: Stamp;
}

function split(stored: unknown, units: readonly UnitNote[]): Part[] {
  const list: readonly unknown[] = Array.isArray(stored) ? stored : [];
  let from = 0;
  return units.map(({ unit, count, stamp }) => {
    const entries = list.slice(from, from + count);
    from += count;
    return { unit, entries, stamp };
  });
}
