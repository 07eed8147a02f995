/** What is said of a figure beside its number. */
interface About {
  readonly unit: string;
  readonly goal?: number;
  /** The goal is a least value, not a highest. */
  readonly atLeast?: boolean;
  readonly note?: string;
}

/** Prints a figure as one line, with its goal and whether it is met. */
export function figure(name: string, value: number, { unit, goal, atLeast = false, note }: About): void {
  const shown = `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
  const met = goal !== undefined && (atLeast ? value >= goal : value <= goal);
  const wanted = goal === undefined ? '' : `goal ${atLeast ? '>=' : '<='} ${goal} ${unit} ${met ? 'met' : 'MISSED'}`;
  console.log([name.padEnd(40), shown.padStart(12), wanted.padEnd(26), note ?? ''].join('  ').trimEnd());
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
