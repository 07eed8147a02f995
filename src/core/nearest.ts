/** One row of the edit distance table. */
function nextRow(a: string, b: string, i: number, rows: readonly [readonly number[], readonly number[]]): number[] {
  const [previous, twoAgo] = rows;
  const row: number[] = [i];
  for (let j = 1; j <= b.length; j += 1) {
    const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
    const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    const swap = swapped ? (twoAgo[j - 2] ?? 0) + 1 : Infinity;
    row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change, swap));
  }
  return row;
}

/** Optimal string alignment distance (edits and swaps of neighbours), capped at `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let twoAgo: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = nextRow(a, b, i, [previous, twoAgo]);
    twoAgo = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}

/** The name that somebody probably meant, or undefined where none is near (a third of its length may differ). */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase(), least);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const near = nearest(name, names);
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}
