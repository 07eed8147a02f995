const DAY = 86_400_000;
/** Days remembered per zone; a zone's memory is dropped when it is full. */
const REMEMBERED_DAYS = 40_000;

/** UTC offset of a zone in milliseconds at a UTC instant. */
type OffsetAt = (utc: number) => number;

const ZONES = new Map<string, OffsetAt | undefined>();

/** True for an IANA zone name that this runtime knows, `UTC`, `Z` or an offset like `+08:00` or `+0800`. */
export function isZone(zone: string): boolean {
  return zoneOffset(zone) !== undefined;
}

/** UTC offset of a zone at a UTC instant, in milliseconds; 0 for a zone that `isZone` refuses. */
export function offsetAt(zone: string, utc: number): number {
  return zoneOffset(zone)?.(utc) ?? 0;
}

/**
 * UTC instant of a wall clock time (given as if it were UTC) in a zone. A time that a clock change skips or repeats
 * is read with the offset before the change.
 */
export function toUtc(zone: string, local: number): number {
  const offset = zoneOffset(zone);
  if (offset === undefined) return local;
  const before = offset(local - DAY);
  const guess = local - before;
  const at = offset(guess);
  if (at === before) return guess;
  // The change lies within the day before: the later offset holds if it still does at the instant that it gives.
  return offset(local - at) === at ? local - at : guess;
}

/** Milliseconds of an offset `+08:00`, `+0800`, `Z`; undefined where it is none. */
export function parseOffset(text: string): number | undefined {
  if (text === 'Z' || text === 'UTC') return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (match === null || Number(match[2]) > 14 || Number(match[3]) > 59) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** `+08:00` of an offset in milliseconds, `Z` for 0. */
export function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}:${String(minutes % 60).padStart(2, '0')}`;
}

function zoneOffset(zone: string): OffsetAt | undefined {
  if (!ZONES.has(zone)) ZONES.set(zone, makeZone(zone));
  return ZONES.get(zone);
}

function makeZone(zone: string): OffsetAt | undefined {
  const fixed = parseOffset(zone);
  if (fixed !== undefined) return () => fixed;
  try {
    return byDay(ianaOffset(zone));
  } catch {
    // Intl refuses an unknown zone with a RangeError.
    return undefined;
  }
}

/** Asks for the offset once per day; only days with a clock change are asked each time. */
function byDay(exact: OffsetAt): OffsetAt {
  const known = new Map<number, number | undefined>();
  return (utc) => {
    const day = Math.floor(utc / DAY);
    if (!known.has(day)) {
      if (known.size >= REMEMBERED_DAYS) known.clear();
      const start = exact(day * DAY);
      known.set(day, exact((day + 1) * DAY) === start ? start : undefined);
    }
    return known.get(day) ?? exact(utc);
  };
}

function ianaOffset(zone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return (utc) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(utc)) parts[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const local = new Date(0);
    local.setUTCFullYear(year, month - 1, day);
    local.setUTCHours(hour, minute, second);
    // Zones before standard time have offsets with seconds; FHIR offsets have none.
    return Math.round((local.getTime() - Math.floor(utc / 1000) * 1000) / 60_000) * 60_000;
  };
}
