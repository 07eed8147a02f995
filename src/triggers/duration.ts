/** An ISO 8601 duration in calendar parts; all parts carry the sign. */
export interface Duration {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
}

const FORM = /^(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?$/;

/** Reads `P3D`, `P1M`, `PT4H`, `-P1D`; undefined where the text is no such duration. */
export function parseDuration(text: string): Duration | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const sign = match[1] === '-' ? -1 : 1;
  const part = (index: number): number => {
    const digits = match[index];
    return digits === undefined ? 0 : sign * Number(digits);
  };
  return { years: part(2), months: part(3), weeks: part(4), days: part(5), hours: part(6), minutes: part(7) };
}

/** `a + times * b`, part by part: so that the n-th repetition is counted from the anchor and never chained. */
export function addDurations(a: Duration, b: Duration, times: number): Duration {
  return {
    years: a.years + times * b.years,
    months: a.months + times * b.months,
    weeks: a.weeks + times * b.weeks,
    days: a.days + times * b.days,
    hours: a.hours + times * b.hours,
    minutes: a.minutes + times * b.minutes,
  };
}

/** An upper estimate in days (31-day months), for windows. */
export function daysOf(duration: Duration): number {
  const { years, months, weeks, days, hours, minutes } = duration;
  return years * 366 + months * 31 + weeks * 7 + days + hours / 24 + minutes / 1440;
}
