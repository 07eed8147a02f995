import { IANAZone } from 'luxon';

/** Minutes east of UTC of a zone (IANA name or offset such as `+08:00`) at a moment in UTC milliseconds. */
export function offsetAt(zone: string, utcMs: number): number {
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  return IANAZone.create(zone).offset(utcMs);
}

/** Minutes east of UTC of a wall-clock moment (written as if it were UTC); the earlier reading where it exists twice. */
export function offsetOfWall(zone: string, wallMs: number): number {
  const guess = offsetAt(zone, wallMs - offsetAt(zone, wallMs) * 60_000);
  const earlier = offsetAt(zone, wallMs - guess * 60_000 - 3_600_000);
  return wallMs - earlier * 60_000 <= wallMs - guess * 60_000 && offsetAt(zone, wallMs - earlier * 60_000) === earlier
    ? earlier
    : guess;
}
